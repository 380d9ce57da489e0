"""English praise and mood. STRONG words alone make a phrase abstract; MILD ones only help."""

from pipeline.prompts.words.english import word_set

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
    realism concept theme tone gives feels feeling looks air every everyone everything nothing true
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
    delicious tempting sensual seductive gorgeous"""
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
