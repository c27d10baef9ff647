"""A real IMAP server (Dovecot) and a real SMTP server (aiosmtpd), which delivers into it, on loopback.

    from mailservers import *
    with Mailbox() as m:                      # m.imap, m.smtp: addresses; m.password
        m.put("From: …\\r\\n…", seen=True)
        m.faults[:] = ["drop"]                # the next mail is taken, and no answer comes; also "lost", "550 No", …
        m.sent                                # [(sender, recipients, bytes)]
"""
import asyncio, logging, os, pwd, shutil, socket, subprocess, tempfile, threading, time, warnings
from web import *

sys.path[:] = [p for p in sys.path if p]
warnings.simplefilter("ignore")
logging.getLogger("mail.log").setLevel(logging.CRITICAL)
from aiosmtpd.smtp import SMTP, AuthResult

PASSWORD = "pass\"wo%rd"
CONF = """base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = {uid}
first_valid_gid = 0
mail_location = maildir:{folder}/mail
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  process_min_avail = 0
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
}}
"""


class Taker:
    def __init__(self, box):
        self.box = box

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        fault = self.box.faults.pop(0) if self.box.faults else None
        if fault and fault not in ("drop", "lost"):
            return fault
        if fault != "lost":
            self.box.sent.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
            if "anna@example.com" in envelope.rcpt_tos:
                self.box.put(envelope.content)
        if fault:
            server.transport.abort()
        return "250 2.0.0 Taken"


class Mailbox:
    def __enter__(self):
        root = os.getuid() == 0
        self.user = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.getuid())
        self.folder, self.count, self.faults, self.sent, self.password = tempfile.mkdtemp(prefix="mail-", dir=TMP), 0, [], [], PASSWORD
        for name in ("mail/cur", "mail/new", "mail/tmp", "run"):
            os.makedirs(f"{self.folder}/{name}")
        with open(f"{self.folder}/users", "w") as f:
            f.write(f"anna:{PASSWORD}\n")
        if root:  # who is nobody has to get there
            os.chmod(TMP, 0o711)
            for where, folders, files in os.walk(self.folder):
                for name in [".", *folders, *files]:
                    os.chown(f"{where}/{name}", self.user.pw_uid, self.user.pw_gid)
        self.start_imap()
        self.start_smtp()
        return self

    def start_imap(self):
        import grp
        for _ in range(5):
            with socket.socket() as s:
                s.bind(("127.0.0.1", 0))
                port = s.getsockname()[1]
            with open(f"{self.folder}/conf", "w") as f:
                f.write(CONF.format(folder=self.folder, user=self.user.pw_name, group=grp.getgrgid(self.user.pw_gid).gr_name,
                                    uid=self.user.pw_uid, gid=self.user.pw_gid, port=port))
            as_user = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
            self.dovecot = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", f"{self.folder}/conf"], stdin=subprocess.DEVNULL,
                                            stdout=subprocess.DEVNULL, stderr=open(f"{self.folder}/errors", "w"), cwd=self.folder, **as_user)
            end = time.monotonic() + 20
            while time.monotonic() < end and self.dovecot.poll() is None:
                try:
                    with socket.create_connection(("127.0.0.1", port), timeout=20) as s:
                        if s.recv(100).startswith(b"* OK"):
                            self.imap = f"imap://127.0.0.1:{port}"
                            return
                except OSError:
                    try:
                        self.dovecot.wait(0.02)
                    except subprocess.TimeoutExpired:
                        pass
            self.stop_imap()
        raise RuntimeError(open(f"{self.folder}/errors").read())

    def stop_imap(self):
        self.dovecot.terminate()
        self.dovecot.wait()

    def start_smtp(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

        def check(server, session, envelope, mechanism, data):
            return AuthResult(success=(data.login, data.password) == (b"anna", PASSWORD.encode()), handled=True) if \
                (data.login, data.password) == (b"anna", PASSWORD.encode()) else AuthResult(success=False, handled=False)

        make = lambda: SMTP(Taker(self), auth_required=True, auth_require_tls=False, authenticator=check, data_size_limit=40000,
                            hostname="mail.example.com", loop=self.loop)
        self.server = asyncio.run_coroutine_threadsafe(self.loop.create_server(make, "127.0.0.1", 0), self.loop).result()
        self.smtp = f"smtp://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    def __exit__(self, *why):
        self.loop.call_soon_threadsafe(self.server.close)
        self.stop_imap()
        shutil.rmtree(self.folder, ignore_errors=True)

    def put(self, text, seen=False, folder="mail"):
        self.count += 1
        text = text.encode() if isinstance(text, str) else text
        name = f"{int(time.time())}.{self.count:06}.x"
        path = f"{self.folder}/{folder}/tmp/{name}"
        with open(path, "wb") as f:
            f.write(text)
        if os.getuid() == 0:
            os.chown(path, self.user.pw_uid, self.user.pw_gid)
        os.rename(path, f"{self.folder}/{folder}/{f'cur/{name}:2,S' if seen else f'new/{name}'}")

    def files(self, folder="mail"):
        found = []
        for part in ("new", "cur"):
            for name in sorted(os.listdir(f"{self.folder}/{folder}/{part}")) if os.path.isdir(f"{self.folder}/{folder}/{part}") else []:
                with open(f"{self.folder}/{folder}/{part}/{name}", "rb") as f:
                    found.append((name, f.read()))
        return found


def mail(name, subject, text, more="Content-Type: text/plain; charset=utf-8\r\n", at="Fri, 20 Nov 2026 09:12:00 +0100", id="x"):
    return f"From: {name}\r\nTo: anna@example.com\r\nSubject: {subject}\r\nDate: {at}\r\nMessage-ID: <{id}@example.com>\r\n" \
           f"MIME-Version: 1.0\r\n{more}\r\n{text}"
