#include "../../cmd/tools/web_read/article.h"

#include <cmocka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONG                                                                                                           \
	"The waggle dance tells the others where the food is, how far it is, and how good it is; Karl von Frisch, "   \
	"who found it out, watched bees for years, and nobody believed him."

static const struct {
	const char *name, *html, *title, *text;
	bool scripted;
} cases[] = {
	{ "nothing", "", "", "", false },
	{ "text", "just words", "", "just words", false },
	{ "spaces", "<p> one\n two&nbsp; three\t</p>four<br>five<br><br>six", "", "one two three\n\nfour five\n\nsix", false },
	{ "entities", "<p>a &amp; b &lt; c &#8212; d &#x2014; &hellip; &#147;x&#148; &nonsense; &#0;", "",
	  "a & b < c \xe2\x80\x94 d \xe2\x80\x94 \xe2\x80\xa6 \xe2\x80\x9cx\xe2\x80\x9d &nonsense;", false },
	{ "unseen", "<p>so\xc2\xad" "ft zero\xe2\x80\x8bwidth\xef\xbb\xbf</p>", "", "soft zerowidth", false },
	{ "titles", "<title>Bees | The News</title><h1>Bees</h1><p>x", "Bees", "Bees.\n\nx", false },
	{ "title alone", "<title> Bees\n dance </title><h1>News of today</h1><p>x", "Bees dance", "News of today.\n\nx", false },
	{ "shared title", "<head><meta property='og:title' content='Bees &amp; co'><title>x | y</title></head><p>x", "Bees & co",
	  "x", false },
	{ "stops", "<h2>Head</h2><h2>Really?</h2><ul><li>one<li>two, <b>three</b></ul>", "",
	  "Head.\n\nReally?\n\none.\n\ntwo, three.", false },
	{ "table", "<table><tr><th>Name<th>Speed</tr><tr><td>Round<td>5 s</tr></table>", "", "Name, Speed.\n\nRound, 5 s.", false },
	{ "table for looks", "<table><tr><td><p>One.</p><p>Two.</p></td><td><p>Three.</p></td></tr></table>", "",
	  "One.\n\nTwo.\n\nThree.", false },
	{ "dropped",
	  "<nav>n</nav><p>seen</p><script>s</script><style>s</style><noscript>n</noscript><template>t</template>"
	  "<form><p>f</p><input value=i><select><option>o</select><textarea>t</textarea><button>b</button></form>"
	  "<p hidden>h</p><p aria-hidden=true>h</p><p style='color:red;Display : none'>h</p><svg><text>s</text></svg>"
	  "<iframe>i</iframe><footer>f</footer><!-- c -->",
	  "", "seen\n\nf", false },
	{ "article", "<body><div><p>" LONG "</p></div><article><p>" LONG " It.</p><p>" LONG "</p></article></body>", "",
	  LONG " It.\n\n" LONG, false },
	{ "main", "<div class=x><p>" LONG "</p></div><div role=main><p>" LONG " It.</p><p>" LONG "</p></div>", "",
	  LONG " It.\n\n" LONG, false },
	{ "best block",
	  "<div id=top><a href=1>One</a> <a href=2>Two</a></div><div id=wrap><div class=content><p>" LONG "</p><p>" LONG
	  "</p><div class=share-box><a href=f>Tell it</a></div></div><div class=sidebar><p>Buy our book, it is cheap, now.</p>"
	  "</div></div>",
	  "", LONG "\n\n" LONG, false },
	{ "links among the text", "<article><p>" LONG "</p><ul><li><a href=1>Read this, too, it is good</a><li><a href=2>And this "
				  "one here as well</a></ul><p>" LONG "</p></article>",
	  "", LONG "\n\n" LONG, false },
	{ "a page of links", "<body><ul><li><a href=1>First story</a><li><a href=2>Second story</a></ul></body>", "",
	  "First story.\n\nSecond story.", false },
	{ "notes and edit marks", "<article><p>" LONG "<sup class=reference>[1]</sup><span class=mw-editsection>[edit]</span></p><p>"
				  LONG "</p></article>",
	  "", LONG "\n\n" LONG, false },
	{ "scripts only", "<script>a</script><script src=b></script><div id=root>Loading</div>", "", "Loading", true },
	{ "not closed", "<p>one<div>two<p>three<b>four", "", "one\n\ntwo\n\nthreefour", false },
	{ "no tags", "1 < 2 & 3 > 2", "", "1 < 2 & 3 > 2", false },
	{ "no body", "<title>Foxes</title><article><p>" LONG "</p><p>" LONG "</article>", "Foxes", LONG "\n\n" LONG, false },
	{ "short, but marked", "<div><p>Press ? for help, and S to search, on all of these pages.</p></div><main><p>It is short, and that is all there is.</main>",
	  "", "It is short, and that is all there is.", false },
	{ "upper case", "<BODY><P>One</P><SCRIPT>x</SCRIPT></BODY>", "", "One", false },
};

static void the_article_is_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct article a;

		assert_int_equal(article_read(&a, cases[i].html, strlen(cases[i].html)), 0);
		if (strcmp(a.title, cases[i].title) != 0 || strcmp(a.text, cases[i].text) != 0)
			fail_msg("%s: [%s] [%s]", cases[i].name, a.title, a.text);
		assert_int_equal(a.scripted, cases[i].scripted);
		assert_false(a.cut);
		article_close(&a);
	}
}

/* n times something, and what comes of it is bounded. */
static void much_of_it_is_borne(void **state)
{
	static const char *const pieces[] = { "<div>", "<p>word, ", "<table><tr><td>", "<a href=x><b>", "<li><ul>", "&amp;",
					      "<!--", "<script>", "<p class=a id=b>", "</p></div>" };

	(void)state;
	for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
		size_t n = strlen(pieces[i]), size = 1u << 20;
		char *html = malloc(size);
		struct article a;

		assert_non_null(html);
		for (size_t at = 0; at < size; at++)
			html[at] = pieces[i][at % n];
		assert_int_equal(article_read(&a, html, size), 0);
		assert_true(strlen(a.text) <= ARTICLE_MAX_BYTES);
		assert_int_equal(a.cut, i == 1 || i == 5);
		article_close(&a);
		free(html);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_article_is_found),
		cmocka_unit_test(much_of_it_is_borne),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
