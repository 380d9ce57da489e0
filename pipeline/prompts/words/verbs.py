"""The English verbs that the prompt rules know, with their weight, and those that no camera sees.

A verb's weight says how much it is worth as the one action of a shot: 3 acts on a thing (pours, bites),
2 moves (jumps, opens, drifts), 1 prepares or reacts (lifts, smiles), 0 is a pose (stands, holds).
"""

from pipeline.prompts.words.english import word_set

_ACTS = """
wrap hand reel inscribe sign stamp staple screw drill saw weld forge pound mash squirt dispense ladle fillet debone marinate baste whisk beat churn shuck dice mince julienne sift tenderize stuff season glaze frost serve uncork decant swig guzzle chug swab mop scour scrub iron hoover rake plough plow sow harvest pluck shear groom comb brush blow-dry shampoo exfoliate tattoo pierce bandage inject stitch vaccinate thump batter bludgeon topple demolish
make apply bat bake bite blend brew brush bury carve catch chew chop clink coat cook crack crush cut
dab drain draw drench dribble drink drizzle drop dunk eat feed flick fling flip fold fry garnish
glaze grate grill hammer hit hug hurl ignite juggle kick kiss knead knit lather lick light lob
massage mix mop munch paint peel perform pinch play pluck plunge polish pour punch rinse rip
rub scatter scrape scrub sculpt sear serve sew shatter shave shoot slam slap slash slice slurp
smash smear spill splash splatter spray spread sprinkle stab stir stitch strum swallow
sweep swipe swirl taste tear throw toss trim type unbox unwrap vacuum wash water weave whip whisk
wipe write yank sip nibble gulp devour mend strain ollie smooth wring ladle whittle volley
smack tackle spritz moisturize cleanse exfoliate braid assemble attach detach plug load inject
crumple shuffle pump vault hurdle plop dig shovel stack shear thread embroider frost skewer
toast simmer steep infuse slather strip uncap unseal pat"""
_MOVES = """
cartwheel backflip somersault swoosh vroom judder shudder quake wriggle writhe flail convulse thrash wallow frolic romp cavort gambol scramble clamber abseil rappel parachute skydive bungee punt kayak sledge snowboard skateboard moonwalk breakdance twerk waltz tango salsa headbang rotate gyrate teeter totter lurch careen ascend hurtle streak blossom wilt wither sprout germinate ripen rot rust thaw drizzle collect dangle
press dust switch trip stammer skitter slump accelerate appear arrive ascend bark billow blast bloom blossom blow bob boil bounce brake break
bubble burn burst buzz canter careen cascade charge chase circle clean climb close coil
collapse collide crash crawl creep cross crumble cruise curl cycle dance dart dash descend
disappear dissolve dive do dodge drag drift drip drive emerge enter erupt evaporate exhale exit
expand explode explore fade fall fan fasten flap flare flash flee flex flicker float flood flow
flutter fly fizz follow freeze gallop gleam glide glint glisten glow graze grow hatch hike hop
hover hurry inflate jiggle jog jostle jump knock land launch leap leave loosen march melt
merge move open orbit organize overflow pedal peck perch pirouette plummet pop pounce prance prowl
pull pulse push quiver race rev revolve ride ring ripple rise roar rock roll rotate row run rush
sail scamper scurry scuttle seep separate shift shimmer shiver shout shrink sing sink
sizzle skate ski skid skip slalom slide slip slither snap soar somersault sparkle speak speed spin
spiral sprint sprout spurt squirm stagger steam stomp stream stretch stride stroll strut stumble
surf surge sway swim swoop talk tap thaw thrash throb tick tighten topple trail transform travel
tread tremble trickle trot tumble twinkle twirl twist twitch unbutton uncork unfold unfurl unlock
unroll unscrew unzip vanish vibrate wade waddle wag walk wander whirl whiz wiggle wobble work
wrestle yell zigzag zip shake swing saunter stalk lunge lurch skitter bolt tiptoe flop sprawl
unclasp unbuckle buckle unpack pack hoist haul heave tow swerve reverse overtake skim sob cry weep
hum whistle howl growl purr hiss meow chirp wriggle shimmy sashay glitter shine
brighten dim darken ooze gush spew spout foam froth puff swell wilt split crackle blaze smolder
detonate levitate oscillate undulate lap recede morph disperse swarm align lock latch unlatch
mount dismount hook drape swivel cartwheel catapult plod hurtle whoosh trundle roam
patrol dribble rattle sputter bulge unravel interlock click scroll retract deploy eject extend
extrude chat fight argue quarrel jolt rumble thump thunder splinter ricochet nuzzle flick paddle loop scoop squeeze
form"""
_TURNS = "turn come go land dip strike cast"
_PREPARES = """
give
bow adjust admire approach begin blink breathe bring carry check clench continue crouch cuddle duck
gasp gather gaze get giggle glance grab grasp greet grin grip inhale kneel lace laugh lift listen
look lower nestle nod nudge observe offer pause peek peer pick place point pose position prepare
put raise reach read relax return reveal seize settle set show sigh smile smirk squat squint stare
start step stop straighten study take tense think tie tilt touch try tuck wait wake watch whisper
wink yawn dangle style focus hesitate aim inspect wince frown beam glare sniff smell bend
wave clap salute applaud curtsy cheer sneeze cough"""
_POSES = """
adorn bathe belong boast consist contain cover depict display feature feel fill hang have hold
illuminate include keep lay lean lie line loom occupy overlook own reflect remain resemble rest
seem sit sport stand stay surround wear"""

_WEIGHTED = ((_ACTS, 3.0), (_MOVES, 2.0), (_TURNS, 1.5), (_PREPARES, 1.0), (_POSES, 0.0))
_UNUSUAL = {
    "lie": {"ing": "lying"}, "tie": {"ing": "tying"}, "have": {"s": "has"}, "ski": {"ing": "skiing"},
    "run": {"ed": "ran"}, "fall": {"ed": "fell"}, "fly": {"ed": "flew"}, "rise": {"ed": "rose"},
    "swim": {"ed": "swam"}, "throw": {"ed": "threw"}, "drink": {"ed": "drank"}, "eat": {"ed": "ate"},
    "break": {"ed": "broke"}, "drive": {"ed": "drove"}, "ride": {"ed": "rode"}, "shake": {"ed": "shook"},
    "spin": {"ed": "spun"}, "swing": {"ed": "swung"}, "catch": {"ed": "caught"}, "blow": {"ed": "blew"},
    "whiz": {"s": "whizzes"},
}  # fmt: skip
_DOUBLING = word_set(
    """bat begin bob chop cut dab dip drag drip drop fan flap flip get grab grin grip hit hop
    hug jog knit lob mop nod pat pop put rev rip rub run scrub set sip skim shrug sit skid skip
    slam slap slip snap spin squat stab step stir stop strut strum swim tap trim trot uncap
    unwrap unplug unzip plug sob wag whip whiz wrap zip"""
)


def _forms(verb: str) -> dict[str, str]:
    """Kind → form, for the forms that prompts use."""
    stem = verb + verb[-1] if verb in _DOUBLING else verb
    if verb.endswith("y") and verb[-2] not in "aeo":
        third, past = verb[:-1] + "ies", verb[:-1] + "ied"
    else:
        third = verb + ("es" if verb.endswith(("s", "x", "z", "ch", "sh", "o")) else "s")
        past = stem + ("d" if verb.endswith("e") else "ed")
    bare = stem[:-1] if stem.endswith("e") and not stem.endswith("ee") else stem
    return {"ed": past, "base": verb, "s": third, "ing": bare + "ing"} | _UNUSUAL.get(verb, {})


VERBS: dict[str, tuple[str, float]] = {
    form: (kind, weight)
    for verbs, weight in _WEIGHTED
    for verb in verbs.split()
    for kind, form in _forms(verb).items()
} | {"fishing": ("ing", 2.0), "boxing": ("ing", 2.0)}
"""Verb form → (base, s, ing or ed; weight)."""
del VERBS["set"]  # `set against a wall` describes

GUESS_HANDLING = 2.5
"""The same where a thing follows: it most likely acts on that."""
GUESS = 1.2
"""The weight of a verb that no list knows: seldom a mere preparation."""

ERGATIVE = word_set(
    """spread pour drip drop splash splatter swirl fold flip sweep shatter scatter spill tear rip crack crush draw drain
    strike sprinkle simmer steep spray squeeze slam snap shuffle stack roll peel melt blend press smash stir"""
)
"""Verbs that act on a thing only where one follows: `spreads butter`, `the stain spreads`."""
UNSEEN_VERBS = word_set(
    """imagine believe hope want need deserve remember forget trust expect promise include contain consist
    belong exist provide ensure guarantee maintain enable allow become improve enhance increase decrease
    deliver meet meets matter mean represent seem remain understand know prefer define inspire empower
    embody evoke exude convey symbolize celebrate captivate mesmerize depict portray describe retain preserve
    avoid require suggest imply ensure involve specify utilize simulate"""
)
"""Verbs of which no camera sees anything."""
VAGUE_VERBS = word_set(
    "move pop look feel seem appear be come shine animate stand taste smell sound"
)
"""Verbs that ask for motion or looks and name neither: `make it pop`."""
WISHES = word_set("animate bring add give breathe put create generate do apply")
ORDERS = word_set("create generate show make produce film render imagine picture")
