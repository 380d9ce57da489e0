"""Who or what acts on its own: people, animals, vehicles and the like, in English and Chinese."""

from pipeline.prompts.words.english import word_set

_PEOPLE = """
actor actress adult angel architect artist astronaut athlete aunt baby baker ballerina barber barista
bartender biker blacksmith boxer boy boyfriend bride brother businessman businesswoman butcher buyer
captain carpenter cashier champion cheerleader chef child clown coach commuter cook couple courier
cowboy craftsman customer cyclist dad dancer daughter dentist designer diver dj doctor dreamer driver
drummer elf engineer explorer family farmer father father-in-law fencer fighter figure firefighter
fisherman florist footballer freelancer friend gardener gentleman geisha girl girlfriend goalkeeper
golfer granddaughter grandfather grandma grandmother grandpa grandson groom guest guitarist guy gymnast
hairdresser hiker host hostess housekeeper human hunter husband infant instructor janitor jeweler
jeweller jockey jogger judge juggler kid king knight lady librarian lifeguard magician man manager
masseuse mechanic mermaid model mom monk mother motorcyclist mountaineer mum musician neighbor
neighbour nurse nun officer owner painter passenger pedestrian people person pharmacist photographer
pianist pilot pirate player policeman porter potter presenter president prince princess professor
queen racer receptionist rider runner sailor salesman samurai santa scientist sculptor seamstress
sergeant shepherd shopper shopkeeper singer sister skateboarder skater skier smith snowboarder
soldier son sportsman sprinter stranger student surfer surgeon swimmer tailor teacher teen teenager
tennis-player thief toddler tourist traveler traveller trainer twin uncle vendor violinist waiter
waitress warrior watchmaker weightlifter welder wife witch wizard woman worker wrestler yogi youth
winemaker brewer roaster stylist influencer vlogger blogger gamer operator technician pastor priest
"""
_ANIMALS = """
alligator animal ant antelope ape bear beaver bee beetle bird bison bull bunny butterfly calf camel canary
cat caterpillar chameleon cheetah chick chicken chimpanzee cobra corgi cow coyote crab crane crocodile
crow cub dachshund dalmatian deer dog dolphin donkey dove dragon dragonfly duck duckling eagle elephant
falcon fawn ferret firefly fish flamingo foal fox frog gazelle gecko giraffe goat goldfish goose gorilla
gull hamster hare hawk hedgehog hen heron hippo horse hound hummingbird husky hyena jaguar jellyfish
kangaroo kitten koala labrador ladybug lamb lemur leopard lion lioness lizard llama lobster lynx
mammoth meerkat mole monkey moose mosquito moth mouse mule mustang octopus orangutan orca ostrich otter
owl ox panda panther parrot peacock pelican penguin pet phoenix pig pigeon piglet pony poodle porcupine
puma pup puppy rabbit raccoon ram rat raven reindeer retriever rhino robin rooster salmon scorpion seagull
seahorse seal shark sheep shrimp snail snake sparrow spider squid squirrel stallion stork swallow swan
tiger toad tortoise toucan trout turkey turtle unicorn walrus wasp whale wolf woodpecker yak zebra
dinosaur t-rex monster mascot robot cyborg alien creature
"""
_VEHICLES = """
airplane aeroplane airliner ambulance balloon barge bicycle bike boat bus cab canoe car carriage convertible
coupe cruiser drone ferry forklift helicopter hatchback jeep jet kayak limousine locomotive lorry moped
motorbike motorcycle pickup plane racecar rocket roadster satellite scooter sedan ship shuttle skateboard
sled snowmobile spacecraft spaceship speedboat submarine suv tank taxi tractor train tram tram-car truck
tugboat ufo van wagon yacht zeppelin bulldozer excavator digger crane tractor harvester combine steamroller fighter-jet warplane bomber glider
airbus shuttle probe rover gondola cablecar tank tornado cyclone hurricane volcano avalanche comet meteor waterfall tsunami lightning
"""
_UNUSUAL_PLURALS = """
men women children mice geese wolves calves oxen policemen gentlemen ladies babies puppies ponies
bunnies butterflies businessmen fishermen craftsmen families housewives wives kids guys folks teens
"""
_SINGULAR = word_set(_PEOPLE + _ANIMALS + _VEHICLES)
ACTORS = (
    _SINGULAR
    | {word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s") for word in _SINGULAR}
    | word_set(_UNUSUAL_PLURALS)
)
"""English nouns, singular and plural, that act on their own account."""

ACTORS_ZH = tuple(
    """
人 男子 女子 男人 女人 男孩 女孩 男生 女生 少年 少女 青年 老人 老者 老爷爷 老奶奶 爷爷 奶奶 外公 外婆 爸爸 妈妈
父亲 母亲 儿子 女儿 孙子 孙女 哥哥 姐姐 弟弟 妹妹 丈夫 妻子 夫妻 夫妇 情侣 恋人 朋友 同事 孩子 小孩 宝宝 婴儿 儿童
学生 老师 教师 师傅 医生 护士 厨师 大厨 主厨 咖啡师 调酒师 面包师 甜点师 理发师 发型师 化妆师 设计师 建筑师 摄影师
工程师 魔术师 花艺师 茶艺师 画家 艺术家 音乐家 钢琴家 舞者 歌手 演员 主角 模特 运动员 球员 选手 跑者 骑手 骑士 车手
司机 飞行员 宇航员 航天员 消防员 警察 军人 士兵 战士 武士 侠客 将军 皇帝 公主 王子 仙女 精灵 巫师 忍者 僧人 农民 渔民
老板 老板娘 摊主 船夫 车夫 渔夫 猎人 工人 工匠 匠人 木匠 铁匠 石匠 裁缝 陶艺师 制表师 酿酒师 渔夫 吹玻璃师傅 店员 牧民 店员 店主 服务员 快递员 外卖员 骑行者 登山者 滑雪者 冲浪者 舞蹈演员 游客 旅客 乘客 顾客
客人 新娘 新郎 女郎 女士 先生 小伙 小伙子 姑娘 大叔 大妈 阿姨 叔叔 滑板手 篮球手 拳手 拳击手 鼓手 吉他手 小女孩 小男孩
猫 猫咪 小猫 狗 小狗 狗狗 犬 柯基 金毛 哈士奇 柴犬 兔子 兔 仓鼠 老鼠 鼠 马 骏马 白马 牛 奶牛 羊 绵羊 山羊 猪 鸡 公鸡 小鸡 鸭
鸭子 鹅 天鹅 鸟 小鸟 飞鸟 鸟群 老鹰 鹰 雄鹰 猫头鹰 鸽子 白鸽 海鸥 燕子 麻雀 孔雀 鹦鹉 企鹅 仙鹤 火烈鸟 蜂鸟 蜜蜂 蝴蝶 蜻蜓 萤火虫 蚂蚁
老虎 虎 狮子 狮 豹子 豹 猎豹 狼 狐狸 熊 北极熊 熊猫 大熊猫 猴子 猩猩 大象 长颈鹿 斑马 鹿 小鹿 麋鹿 驯鹿 骆驼 袋鼠 考拉 松鼠 刺猬
鱼 金鱼 锦鲤 鲸 鲸鱼 鲨鱼 海豚 海豹 海龟 乌龟 章鱼 水母 螃蟹 龙虾 蛇 青蛙 恐龙 龙 巨龙 凤凰 麒麟 独角兽 怪兽 机器人 外星人
汽车 轿车 跑车 赛车 越野车 卡车 货车 公交车 大巴 巴士 摩托车 摩托 自行车 单车 电动车 房车 火车 列车 高铁 地铁 飞机 客机
战斗机 轰炸机 客机 推土机 挖掘机 挖土机 收割机 起重机 压路机 拖拉机 铲车 叉车 吊车 救护车 消防车 警车 出租车 巡洋舰 航母 军舰
潜水艇 缆车 飞艇 滑翔机 直升机 无人机 火箭 飞船 宇宙飞船 卫星 飞碟 热气球 轮船 帆船 快艇 游艇 渔船 潜艇 船 坦克 火山 龙卷风 流星 彗星 瀑布
""".split()
)
"""Chinese nouns of the same kind; a subject is one when it ends in one of them."""

FEMALE = word_set(
    """she her woman girl lady mother mom mum grandmother grandma daughter sister aunt wife bride queen
    princess waitress actress hostess businesswoman ballerina girlfriend granddaughter witch mermaid nun
    geisha female"""
)
MALE = word_set(
    """he him man boy gentleman father dad grandfather grandpa son brother uncle husband groom king prince
    waiter actor host businessman boyfriend grandson wizard monk guy cowboy fisherman male"""
)
FEMALE_ZH = (
    "她",
    "女",
    "女孩",
    "女子",
    "女人",
    "女生",
    "女士",
    "少女",
    "姑娘",
    "妈妈",
    "母亲",
    "奶奶",
    "外婆",
    "女儿",
    "妻子",
    "新娘",
    "公主",
    "阿姨",
    "姐姐",
    "妹妹",
    "孙女",
)
MALE_ZH = (
    "他",
    "男",
    "男孩",
    "男子",
    "男人",
    "男生",
    "男士",
    "小伙",
    "小伙子",
    "爸爸",
    "父亲",
    "爷爷",
    "外公",
    "儿子",
    "丈夫",
    "新郎",
    "王子",
    "叔叔",
    "大叔",
    "哥哥",
    "弟弟",
    "孙子",
)

KIN = word_set(
    """mother father mom mum dad parent parents baby toddler child children kid kids son daughter sister brother
    grandmother grandfather grandma grandpa grandson granddaughter husband wife bride groom couple friend friends
    family boyfriend girlfriend aunt uncle twin twins"""
)
"""They belong together: what one does beside the other is no second story."""
KIN_ZH = tuple(
    """爸爸 妈妈 父亲 母亲 爷爷 奶奶 外公 外婆 孩子 小孩 宝宝 婴儿 儿子 女儿 孙子 孙女 哥哥 姐姐 弟弟 妹妹 丈夫 妻子 新郎 新娘
    朋友 好友 情侣 恋人 夫妻 一家人 家人""".split()
)
