"""What is said in the tests of tests/speech. Nobody tunes the recogniser on these: they are what it is measured by."""

# Sixty sentences of the grammar. EFFECT: what must not be done before it was read back and confirmed.
ANSWERS = """
what time is it
what's the time
what day is it
what is the date today
read my notes
what are my notes
how many notes do I have
read the last note
what are my reminders
do I have any reminders
list the documents
what documents are there
read the document welcome
read welcome
go on
stop
repeat that
say that again
slower please
help
what can you do
who called
who called last
what did I say last time
what did we talk about last time
spell five five five one two three four
thank you
never mind
""".split("\n")[1:-1]
EFFECTS = """
take a note buy milk
take a note call the dentist
take a note pick up the parcel
take a note water the plants
make a note pay the rent
write down feed the cat
delete the last note
delete note two
delete all notes
remind me tonight at eight
remind me in ten minutes
remind me tomorrow at nine
remind me next friday at noon
remind me to call the dentist tomorrow at ten
remind me to take out the trash tonight at eight
remind me to water the plants on monday morning
remind me to buy milk in one hour
set a timer for five minutes
set a timer for ten minutes
set a timer for half an hour
set an alarm for seven o'clock
delete the last reminder
press one
press five
press two three four
press star
press the pound key
call ben
call carol
transfer me to ben
connect me with carol
switch to the assistant home
""".split("\n")[1:-1]
COMMANDS = [(text, False) for text in ANSWERS] + [(text, True) for text in EFFECTS]
NAMES = {"Ben": "+15557654321", "Carol": "+15550001111"}  # of the address book
DOCUMENTS = {"welcome": """Welcome to the house. The key of the garden is behind the second flower pot on the left.

The heating is in the cellar. Please turn it down when you leave in the morning, and up again when you come home.

The bins are emptied on Tuesday. The blue one is for paper, the brown one for what rots, and the black one for the rest."""}

# A hundred sentences that mean none of these; some share words with them.
OUTSIDE = """
I had eggs for breakfast this morning
the weather was terrible yesterday
my sister lives in Portland now
have you seen the new movie with that actor
we should paint the kitchen blue
the dog keeps barking at the mailman
I think the car needs new tires
that restaurant on the corner closed down
she said she would be late again
can you believe what he did
it rained all weekend long
the kids are playing in the garden
my back hurts when I sit too long
this coffee tastes burnt
where did I put my glasses
he plays the guitar in a band
we went hiking in the mountains
the train was completely full
I need a vacation so badly
our neighbor bought a huge television
the soup needs more salt
grandma is turning ninety in May
the printer is out of ink again
I forgot my umbrella at the office
they moved the meeting to Thursday
the elevator in our building is broken
my phone battery never lasts a day
we had pizza for dinner
this jacket is much too warm
the museum was really interesting
I dreamed about flying last night
the baby finally fell asleep
somebody parked in front of our garage
the grass needs to be cut
I am thinking about learning Spanish
the bakery sells wonderful bread
our flight was delayed for hours
he told me a very long joke
the window in the bathroom does not close
they are building a new bridge downtown
I lost my favorite scarf
the teacher was angry with the class
you should have seen her face
my brother wants to become a pilot
the lake is frozen in winter
we ran out of toilet paper
that song is stuck in my head
the cat knocked over the vase
I have never been to Africa
her cousin works at the hospital
the movie was boring
our team lost the game
I am so tired of this traffic
the tomatoes are growing nicely
my boss is on vacation until August
the picture fell off the wall
it smells like smoke in here
the lights went out for a moment
he eats nothing but potatoes
we met on a boat
the price of gas went up again
I cannot find the remote control
she painted the fence all by herself
the river is very high this spring
nobody told me about the party
my shoes are wet
the door makes a strange noise
we are expecting guests on Sunday
he never answers my letters
there is a spider in the shower
the children built a castle out of sand
I would rather stay at home
your voice sounds a little strange
that is not what I meant at all
let me think about it for a second
hold on somebody is at the door
are you a real person
what is the meaning of life
who won the football game
how far is it to the moon
tell me something about whales
what is the capital of Australia
sing me a song
how old are you
do you like chocolate
order a large pizza with mushrooms
turn on the lights in the living room
play some jazz music
open the garage door
book a table for four people
buy ten shares of the company
send the money to my landlord
what will the weather be like
how do I get to the airport
translate hello into Japanese
multiply seventeen by twenty three
the time we spent there was lovely
my notes from school are in the attic
the call of the wild is a good book
stop signs are red in most countries
""".split("\n")[1:-1]

# What a listener says while somebody else goes on speaking.
BACKCHANNELS = ["uh huh", "um", "yep", "I see", "yeah", "ah", "oh", "okay", "right", "aha"]  # no voice here can say "mhm"

# What somebody says to be listened to.
INTERRUPTIONS = """
stop
stop please
stop that
please stop
stop reading
that is enough
what time is it
never mind
slower please
read my notes
go on
help
repeat that
say that again
what are my reminders
take a note buy milk
no stop
goodbye
list the documents
what day is it
""".split("\n")[1:-1]

assert len(COMMANDS) == 60 and len(set(COMMANDS)) == 60 and len(set(OUTSIDE)) == 100
