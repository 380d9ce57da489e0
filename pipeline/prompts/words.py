"""The English words that the prompt rules know: verbs with their weight, glue, praise, descriptions.

A verb's weight says how much it is worth as the one action of a shot: 3 acts on a thing (pours, bites),
2 moves (jumps, opens, drifts), 1 prepares or reacts (lifts, smiles), 0 is a pose (stands, holds).
"""


def word_set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


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
toast simmer steep infuse slather strip uncap unseal"""
_MOVES = """
cartwheel backflip somersault swoosh vroom judder shudder quake wriggle writhe flail convulse thrash wallow frolic romp cavort gambol scramble clamber abseil rappel parachute skydive bungee punt kayak sledge snowboard skateboard moonwalk breakdance twerk waltz tango salsa headbang rotate gyrate teeter totter lurch careen ascend hurtle streak blossom wilt wither sprout germinate ripen rot rust thaw drizzle collect dangle
press dust switch trip stammer skitter curtsy slump accelerate appear arrive ascend bark billow blast bloom blossom blow bob boil bounce brake break
bubble burn burst buzz canter careen cascade charge chase circle clap clean climb close coil
collapse collide crash crawl creep cross crumble cruise curl cycle dance dart dash descend
disappear dissolve dive do dodge drag drift drip drive emerge enter erupt evaporate exhale exit
expand explode explore fade fall fan fasten flap flare flash flee flex flicker float flood flow
flutter fly fizz follow freeze gallop gleam glide glint glisten glow graze grow hatch hike hop
hover hurry inflate jiggle jog jostle jump knock land launch leap leave loosen march melt
merge move open orbit organize overflow pedal peck perch pirouette plummet pop pounce prance prowl
pull pulse push quiver race rev revolve ride ring ripple rise roar rock roll rotate row run rush
sail salute scamper scurry scuttle seep separate shift shimmer shiver shout shrink sing sink
sizzle skate ski skid skip slalom slide slip slither snap soar somersault sparkle speak speed spin
spiral sprint sprout spurt squirm stagger steam stomp stream stretch stride stroll strut stumble
surf surge sway swim swoop talk tap thaw thrash throb tick tighten topple trail transform travel
tread tremble trickle trot tumble twinkle twirl twist twitch unbutton uncork unfold unfurl unlock
unroll unscrew unzip vanish vibrate wade waddle wag walk wander wave whirl whiz wiggle wobble work
wrestle yell zigzag zip shake swing saunter stalk lunge lurch skitter bolt tiptoe flop sprawl
unclasp unbuckle buckle unpack pack hoist haul heave tow swerve reverse overtake skim sob cry weep
cheer applaud hum whistle howl growl purr hiss meow chirp wriggle shimmy sashay glitter shine
brighten dim darken ooze gush spew spout foam froth puff swell wilt split crackle blaze smolder
detonate levitate oscillate undulate lap recede morph disperse swarm align lock latch unlatch
mount dismount hook drape swivel sneeze cough cartwheel catapult plod hurtle whoosh trundle roam
patrol dribble rattle sputter bulge unravel interlock click scroll retract deploy eject extend
extrude jolt rumble thump thunder splinter ricochet nuzzle flick paddle loop scoop squeeze
form"""
_TURNS = "turn come go land dip strike cast"
_PREPARES = """
give
bow adjust admire approach begin blink breathe bring carry check clench continue crouch cuddle duck
gasp gather gaze get giggle glance grab grasp greet grin grip inhale kneel lace laugh lift listen
look lower nestle nod nudge observe offer pause peek peer pick place point pose position prepare
put raise reach read relax return reveal seize settle set show sigh smile smirk squat squint stare
start step stop straighten study take tense think tie tilt touch try tuck wait wake watch whisper
wink yawn dangle style focus hesitate aim inspect wince frown beam glare sniff smell bend"""
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
    """bat begin bob chop clap cut dab dip drag drip drop fan flap flip get grab grin grip hit hop
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

# English glue
DETERMINERS = word_set(
    """a an the this that these those his her its their my your our one two three four five six
    seven eight nine ten each every some any no another both several many few all"""
)
MANY = word_set(
    "two three four five six seven eight nine ten these those some both several many few all"
)
"""Before them a word in -s is no verb: `four feather pillows`."""
PREPOSITIONS = word_set(
    """about above across after against along amid among around as at before behind below beneath
    beside besides between beyond by down during for from in inside into like near of off on onto
    out outside over past per through throughout till to toward towards under underneath until up
    upon via with within without alongside atop away"""
)
PREPOSITIONS_BUT_OF = PREPOSITIONS - {"of"}
DIRECTIONS = word_set(
    "across along around away down from into off onto out over past through to toward towards up"
)
PRONOUNS = word_set("he she it they we you i who everyone someone")
BE = word_set("is are was were be being been am gets")
STAGE_WORDS = word_set(
    "then first next finally afterwards afterward lastly later eventually meanwhile"
)
PLURAL_HEADS = word_set("people children men women police hands feet fish sheep we they you geese")
NOUN_PLURALS = word_set(
    """waves drops drips ripples splashes bubbles flashes flares streams leaves swirls rings rolls
    cracks bursts lights blooms blossoms steps trails strikes brushes drinks cooks coats spills"""
)
"""Forms of verbs that are things when another verb follows: `waves crash`."""
FUNCTION_WORDS = (
    DETERMINERS | PREPOSITIONS | PRONOUNS | BE | STAGE_WORDS | word_set("and or but while as not")
)
OTHER_LANGUAGES = word_set(
    """o e y w z le la les un une des du et dans sur avec qui que est sont il elle ils se ses der das dem ein
    eine einen einem einer und im mit auf ist sich er sie von zu el los las una con por para del
    en su sus lo gli della nel che di os um uma com da dos het een zijn haar og med på och ett ve
    bir się jest"""
)
"""Small words of other languages that are not English words too."""
SHARED = word_set("a an as do in no on so masterpiece cinematic")
"""English words that stand in prompts of other languages too."""
ADJECTIVES = word_set(
    """red orange yellow green blue purple pink white black brown grey gray golden silver big small
    large little tiny huge old young new long short tall high low soft hard warm cold cool hot
    wet dry bright heavy slow fast quick gentle calm quiet loud smooth rough rich fresh clear
    deep strong thin thick single full happy sad beautiful elegant pretty wild busy modern
    vintage wooden sunny misty foggy rainy snowy subtle delicate gleaming tender bold graceful
    sleek glossy shiny minimal shy fearless matte crisp dramatic playful serene"""
)
NOUN_AFTER_ING = word_set(
    """shoe shoes pool machine machines pan board boards room rooms chair chairs mall track tracks
    stick boots bag bags area table tables ring sun water waters station light lights gear river
    lot oil glove gloves jacket suit suits brush class wheel glass glasses powder soda cream foam
    gel cap caps costume bottle cup kit trousers pants star tools tool mat desk cart rod boat
    cage wall gum bike bikes car cars van shorts apparel"""
)
NOT_VERBS_ING = word_set(
    """building ceiling evening morning string spring king ring wing thing something nothing
    everything anything clothing lighting painting lightning railing wedding filling dressing
    frosting seasoning pudding earring sling during stunning amazing outstanding surrounding
    interesting refreshing captivating mesmerizing breathtaking charming inspiring empowering
    uplifting relaxing soothing according including featuring evoking exuding conveying capturing
    embodying symbolizing celebrating radiating inviting"""
)
BODY_PARTS = word_set(
    """hand hands finger fingers fingertips arm arms leg legs foot feet head face eye eyes hair tail
    paw paws body lips mouth shoulder shoulders ear ears wing wings chest skirt dress smile wrist
    knees hips fist palm palms mane expression gaze engine wheels tires tyres headlights
    taillights doors exhaust laces"""
)
AMBIENT = word_set(
    """light lights sunlight moonlight daylight lighting glow shadow shadows steam smoke mist fog
    wind breeze rain snow dust clouds cloud sky sun sunbeams rays particles sparks bokeh
    background air leaves petals confetti reflections reflection atmosphere haze waves bubbles
    crowd passersby"""
)
FRAMING = word_set(
    """shot shots view scene footage video clip close-up closeup photo photograph image render pov
    frame angle"""
)
CAMERA = (
    r"\bcamera\b|\bdoll(?:y|ies|ying)\b|\bzoom(?:s|ing)?\b|\bpan(?:s|ning)? (?:left|right|up|down|across|over|around)"
    r"|\b(?:slow|gentle|smooth|quick|whip|steady) pan\b|\btilt(?:s|ing)? (?:up|down)\b(?! (?:his|her|its|the))"
    r"|\b(?:tracking|crane|drone|handheld|orbit|orbiting|static|locked-off|aerial|pov|dolly|wide|close-up|macro) shot\b"
    r"|\bpush(?:es|ing)?[- ]in\b|\bpull(?:s|ing)?[- ]back\b|\bsteadicam\b|\btime-?lapse\b|\b(?:in )?slow[- ]motion\b"
    r"|^(?:orbit|circle|track|pan|tilt|truck|crane)\b(?! her| his| its)"
    r"|\btrack(?:s|ing) (?:left|right|shot|along|alongside)\b|\brack focus\b|\bone take\b|\bcontinuous shot\b"
)
SCENE_CHANGE = (
    r"\bcuts? to\b|\bfades? to (?:black|white)\b|\btransition(?:s|ing)? (?:in)?to\b|\bscene (?:changes?|shifts?|switches)\b"
    r"|\bsuddenly (?:we|they|he|she|it) (?:are|is) (?:in|on|at)\b|\bwe (?:are|see|find)\b.* (?:in|at) a (?:new|different)"
    r"|\bsuddenly it['’]?(?: i)?s (?:in |at )?(?:a |the )?\w+\b"
    r"|\b(?:next|new|another) (?:scene|shot|location)\b|\bsmash cut\b|\bjump cut\b|\bcrossfade\b|\bcutting to\b"
    r"|\b(?:we|it|scene|picture|camera|film) (?:then |suddenly )?(?:jumps?|switch(?:es)?|skips?|cuts?) (?:in)?to\b"
    r"|\bmontage\b|\bsplit[- ]screen\b|\bflashback\b|\btime[- ]skip\b|\bdissolves? (?:in)?to (?:a|an|the|another) "
    r"(?:new|different|other|scene|city|beach|room|night)\b|\bteleports?\b|\bfade[- ](?:in|out)\b"
)
NEGATION = r"\b(?:no|not|never|without|avoid|cannot|don['’]t|doesn['’]t|isn['’]t|aren['’]t|won['’]t|can['’]t|must not)\b"

# English praise and mood. STRONG words alone make a phrase abstract; MILD ones only help.
STRONG = word_set(
    """slogan freshness minty-freshness comfortably luxe regal royal royalty prestige majesty nobleness poise sleekness
    vividness liveliness zing zingy tang tangy yumminess crave craving cravings savory savoury umami wholesomeness goodness
    refreshment hydration nourishment radiance rejuvenation renewal rebirth vitality wellness calmness serenity mindfulness
    balance togetherness friendship family-values kindness compassion gratitude empathy unity diversity inclusivity equality
    peace justice truth wisdom knowledge intelligence genius mastery expertise professionalism dedication commitment devotion
    determination perseverance resilience grit hustle drive ambition motivation focus-driven success-driven tenacity valor
    valour heroism fearlessness invincible invincibility immortality infinity serendipity euphoric blissful dreamily
    unforgettably breathtakingly stunningly gorgeously insanely hyperdetailed superdetailed photorealism hyperrealism realism
    ultrafine ultra-fine ultra-clear crystal-clear high-fidelity hi-res highres lossless blockbuster-quality cinema-quality
    studio-quality print-quality magazine-quality editorial-quality museum-quality
    masterpiece hyperreal surreal-looking 4k 8k 16k uhd hdr hd fhd hyperrealistic photorealistic ultra-realistic
    hyper-realistic ultra-detailed ultrarealistic photoreal award-winning high-quality
    best-quality top-quality quality resolution high-resolution ultra-hd cinematic masterful
    breathtaking stunning mesmerizing timeless empowering dreamy dreamlike ethereal magical epic
    iconic immersive unforgettable luxurious luxury premium sophisticated sophistication elegance
    charm grace allure grandeur beauty energy vitality vibe vibes mood atmosphere ambience
    ambiance aura essence spirit harmony serenity tranquility tranquillity nostalgia nostalgic
    passion joy happiness confidence freedom adventure emotion emotions emotional wonder mystery
    mysterious magic romance romantic feeling feelings sense aesthetic aesthetics storytelling
    story narrative innovation innovative lifestyle excellence perfection craftsmanship
    inspiration inspiring aspirational uplifting powerful impactful captivating enchanting
    heartwarming soulful whimsical majestic exquisite sublime opulent opulence glamour glamorous
    unparalleled extraordinary visionary high-end world-class trending artstation octane unreal
    vision symphony celebration ode dynamism tension drama hope dreams dream possibilities
    possibility warmth coziness comfort purity authenticity prestige exclusivity indulgence
    delight bliss euphoria empowerment ambition sensual sensuality seductive evocative poetic
    surreal hypnotic ultra-high-definition ultra-sharp hyper-detailed soul symbol love eternal
    eternity legend destiny modernity mobility heritage legacy adrenaline thrill thrills thrilling
    excitement exciting boldness courage bravery swagger sensation sensations zen wellness wellbeing
    well-being self-care self-love trust loyalty honesty integrity pride dignity nobility glory triumph
    victory success achievement progress momentum precision performance efficiency reliability
    durability sustainability simplicity versatility ingenuity creativity individuality originality
    personality tradition identity purpose promise memories memory wanderlust paradise heaven heavenly
    divine unmatched unrivaled unrivalled unbeatable unstoppable limitless boundless infinite endless
    effortless irresistible tempting delectable mouthwatering mouth-watering scrumptious delicious
    tasty yummy luscious decadent gourmet exclusive bespoke elevated next-level game-changing
    groundbreaking revolutionary cutting-edge state-of-the-art avant-garde chic glam sexy sassy edgy
    instagrammable viral trendy fashionable classy posh lavish sumptuous dazzling mesmerising
    awe-inspiring jaw-dropping eye-catching show-stopping showstopping head-turning memorable
    remarkable incredible fantastic fabulous wonderful marvelous marvellous superb terrific awesome
    legendary mythical mystical spiritual transcendent timelessness youthfulness carefree soul-stirring
    sentimental melancholy optimistic hopeful motivational energizing energising invigorating
    revitalizing rejuvenating wholesome eco-friendly sustainable seamless intuitive
    high-performance uncompromising uncompromised brilliance brilliant vibe-filled feel-good
    sophistication togetherness belonging curiosity imagination intimacy tenderness sincerity strength
    greatness goodness freshness richness smoothness softness happiness boldly essence pleasure
    satisfaction excellence finesse flair glamorousness opulent splendor splendour allure mystique
    aspiration aspirations desire temptation seduction rebellion ecstasy bliss zest vigor vigour
    1080p 2160p 4k60 60fps 120fps imax arri octane vray raytracing ray-traced ue5 bestseller
    must-have wow insta-worthy photogenic aesthetic best-in-class top-notch first-class five-star
    a-list all-new quality-of-life hyper-real ultra-real lifelike true-to-life"""
)
MILD = word_set(
    """ultra highly super very truly incredibly extremely best amazing beautiful elegant detailed
    detail details realistic sharp crisp perfect rich vibrant dynamic dramatic artistic
    professional commercial advertising ad visual visually visuals style styled look composition
    lighting colors colours color tones grading texture textures rendering render photography
    film movie hollywood blockbuster grade level definition high top modern pure deep warm soft
    full filled brimming bursting overflowing moment experience feel sublime intricate hyper
    insane engine shot on scene video clip footage image picture contemporary stylish gorgeous
    magnificent cozy serene peaceful tranquil playful joyful energetic lively positive minimalist
    minimal refined authentic raw pristine flawless impeccable unique strong overall whole entire
    brand product flavor flavour taste everyday tomorrow future life living world art work piece
    design focus fun cool hot inviting refreshing charming imagery aspect ratio balanced insanely
    beautifully perfectly intricately finely richly fresh confident vintage retro gritty grain
    realism concept theme tone gives feels feeling looks air every everyone everything nothing
    you your yourself us we our way days season new next truly simply just like never more most
    better beyond ever always forever moments memories details juicy attitude approach power natural
    bold brand-new culture history character experience experiences journey sound science
    masterfully luxuriously elegantly effortlessly seamlessly exclusively stunningly"""
)
VISIBLE = word_set(
    """wilderness harness witness city university electricity cavity facility community celebrity deity ship
    spaceship starship battleship steamship airship neighborhood neighbourhood childhood hood kingdom prism organism
    darkness business utility security entity fitness"""
)
"""What ends like an idea and can be filmed."""
MOODS = word_set(
    """elegant beautiful vibrant dynamic dramatic realistic detailed professional gorgeous
    magnificent cozy serene peaceful playful joyful energetic minimalist modern adorable cute
    refreshing futuristic nostalgic romantic stylish realism artistic charming perfect amazing
    refined authentic pristine flawless contemporary tranquil lively fresh crisp bold pure smooth rich
    creamy juicy silky fun cool"""
)
ERGATIVE = word_set(
    """spread pour drip drop splash splatter swirl fold flip sweep shatter scatter spill tear rip crack crush draw drain
    strike sprinkle simmer steep spray squeeze slam snap shuffle stack roll peel melt blend press smash stir"""
)
"""Verbs that act on a thing only where one follows: `spreads butter`, `the stain spreads`."""
ABSTRACT_HEADS = word_set(
    """atmosphere mood vibe vibes ambience ambiance aura feeling aesthetic energy elegance charm
    luxury quality realism storytelling style tone technology perfection look"""
)
CUT_ADJECTIVES = word_set(
    """cinematic breathtaking stunning timeless empowering dreamy dreamlike ethereal epic iconic
    immersive unforgettable luxurious premium sophisticated exquisite majestic sublime opulent
    glamorous unparalleled extraordinary enchanting mesmerizing heartwarming soulful
    award-winning photorealistic hyperrealistic ultra-realistic hyper-realistic ultra-detailed
    hyper-detailed high-quality high-end world-class inspiring uplifting evocative poetic
    awe-inspiring spectacular irresistible mouthwatering mouth-watering unmatched unrivaled
    unrivalled unforgettable legendary revolutionary cutting-edge state-of-the-art next-level
    game-changing exclusive divine heavenly breath-taking mesmerising jaw-dropping eye-catching
    magical captivatingly incredible amazing stunningly fabulous superb sensational luxury iconic
    delicious tempting sensual seductive"""
)
SLOGAN_VERBS = word_set(
    """indulge discover experience feel unleash unlock elevate embrace awaken ignite imagine celebrate
    introducing presenting welcome enjoy savor savour taste dare believe join live love dream choose
    redefine redefining reinvent rediscover escape immerse treat fall get say step make be let become
    own explore rise find meet unwind recharge relax refresh"""
)
"""A clause that begins with one, speaks to the viewer and shows nothing is a slogan."""
SLOGAN_OPENERS = word_set(
    "this it's it’s more made designed born crafted inspired because where your our you we for no"
)
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
VAGUE_NOUNS = word_set(
    """motion movement movements life alive animation animations dynamics effect effects energy video clip photo
    image picture still frame scene product shot something magic action dynamic subtle some more natural
    realistic smooth gentle beautiful nice cool"""
)
YOU = word_set("you your yourself we our us")
SLOGAN_WORDS = word_set(
    """different possibility possibilities potential imagination limits boundaries norm change today now here forever always
    you your yourself us ourselves life lives future tomorrow everything difference ordinary limits rules
    possible impossible extraordinary era generation way self best better dreams journey world"""
)
ABSTRACT_VERBS = (
    r"\b(?:evok|exud|embod|convey|symboli[sz]|captur|celebrat|inspir|express|radiat|epitomi[sz]|emanat|creat|"
    r"conjur|invit|reflect|showcas|highlight|emphasi[sz]|deliver|bring|giv|add|set|promis|suggest|tell|"
    r"feel|transport|ooz|seem|scream|whisper|elevat|redefin|reimagin|unleash|embrac|"
    r"enhanc|instil|spark|stir|breath)\w*\b"
)

# English descriptions of what the still shows already.
STATIC_STARTS = (
    r"(?:parked|wearing|dressed|clad|set against|surrounded|adorned|decorated|made of|featuring|illuminated|lit by|"
    r"lit up|framed|placed|positioned|located|situated|nestled|seated|covered|topped|lined|filled|bathed|engraved|"
    r"embossed|equipped|fitted|crafted|finished in|painted|captured|there (?:is|are)|in the (?:background|foreground|"
    r"distance)|the (?:back|fore)ground|against|under|beneath|beside|behind|in front of|inside|amid|amidst|at "
    r"(?:noon|dawn|dusk|sunset|sunrise|night|golden)|on (?:a|an|the|top)|in (?:a|an|the)|with|next to|near|"
    r"its (?:surface|body|color|colour)|rich in|shot (?:on|with|in))\b"
)
STATIC_WORDS = (
    r"\b(?:depth of field|bokeh|lighting|background|backdrop|colou?r palette|tones|sharp focus|wide[- ]angle|"
    r"golden hour|composition|high contrast|texture|studio light|natural light|soft light|35mm|50mm|85mm|lens)\b"
)
