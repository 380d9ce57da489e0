"""The small English words that the prompt rules know: glue, looks, the camera, descriptions."""


def word_set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


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
INDEFINITES = word_set("everything everybody something somebody anything anyone nothing nobody")
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
NEGATION = r"\b(?:no|not|never(?! before)|without|avoid|cannot|don['’]t|doesn['’]t|isn['’]t|aren['’]t|won['’]t|can['’]t|must not)\b"

VAGUE_NOUNS = word_set(
    """motion movement movements life alive animation animations dynamics effect effects energy video clip photo
    image picture still frame scene product shot something magic action dynamic subtle some more natural
    realistic smooth gentle beautiful nice cool"""
)

# Descriptions of what the still shows already.
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
