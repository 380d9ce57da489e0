"""Small and common words of languages that the prompt rules do not read, without and with their accents."""

from pipeline.prompts.words.english import word_set

FOREIGN = {
    "de": word_set(
        """der die das den dem des ein eine einen einem einer eines und oder mit ohne auf aus bei im in am an zum zur von vor
        nach über ueber unter hinter neben zwischen durch gegen um sich ist sind war wird werden hat haben er sie es wir ihr ihre
        ihren ihrem sein seine seinen seinem nicht kein keine langsam schnell dann während waehrend als wie auch nur noch man
        frau mann hund katze kopf hand haare wasser licht sonne auto straße strasse dreht geht läuft laeuft lächelt laechelt
        fährt faehrt hebt schaut steht sitzt nimmt trinkt öffnet oeffnet fällt faellt fliegt kamera links rechts oben unten rot"""
    ),
    "nl": word_set(
        """de het een en of met zonder op uit bij in aan te tot van voor naar over onder achter naast tussen door tegen om
        zich is zijn was wordt heeft hij zij ze wij haar hun niet geen langzaam snel dan terwijl als ook nog deze dit die dat
        vrouw man hond kat hoofd hand water licht zon auto straat draait loopt lacht rijdt kijkt staat zit neemt drinkt opent
        valt vliegt camera links rechts rood"""
    ),
    "fr": word_set(
        """le la les un une des du de et ou avec sans sur sous dans en par pour chez vers entre devant derrière derriere contre
        se est sont été ete il elle ils elles on son sa ses leur leurs ne pas plus que qui puis lentement doucement vite au aux
        ce cette ces femme homme fille chien chat tête tete main eau soleil voiture rue tourne marche sourit roule lève leve
        regarde boit ouvre tombe vole caméra gauche droite rouge"""
    ),
    "es": word_set(
        """el la los las un una unos unas de del y o con sin sobre bajo en por para hacia entre contra se es son está esta están
        su sus lo le les no que quien luego mientras lentamente despacio al mujer hombre niña nina niño nino perro gato cabeza
        mano agua luz sol coche carro calle gira camina sonríe sonrie corre conduce levanta mira bebe abre cae vuela cámara
        camara izquierda derecha rojo roja ella él"""
    ),
    "it": word_set(
        """il lo la i gli le un uno una di del della dello dei delle da dal dalla e o con senza su sul sulla sotto in nel nella
        per verso tra fra contro si è sono sta suo sua suoi sue non che chi poi mentre lentamente piano al alla donna uomo
        ragazza cane gatto testa mano acqua luce sole macchina auto strada gira cammina sorride corre guida alza guarda beve
        apre cade vola sinistra destra rosso rossa lei lui"""
    ),
    "pt": word_set(
        """o a os as um uma uns umas de do da dos das e ou com sem sobre sob em no na nos nas por para pela pelo entre contra se é
        são sao está esta seu sua seus suas não nao que quem depois enquanto lentamente devagar ao à mulher homem menina menino
        cão cao cachorro gato cabeça cabeca mão mao água agua luz sol carro rua vira gira anda caminha sorri corre dirige levanta
        olha bebe abre cai voa câmera camera esquerda direita vermelho vermelha ela ele"""
    ),
    "sv": word_set(
        """en ett den det de och eller med utan på pa av från fran till i ur vid för for under över over mot mellan bakom framför
        sig är ar var blir har han hon de vi hans hennes sin sitt sina inte ingen långsamt langsamt sakta snabbt sedan medan som
        kvinna kvinnan man mannen hund hunden katt huvud huvudet hand vatten ljus sol bil bilen gata vrider går gar springer ler
        kör kor lyfter ser dricker öppnar oppnar faller flyger kamera vänster vanster höger hoger röd rod genom"""
    ),
    "da": word_set(
        """en et den det de og eller med uden på pa af fra til i ud ved for under over mod mellem bag foran sig er var bliver har
        han hun de vi hans hendes sin sit sine ikke ingen langsomt hurtigt så sa mens som kvinde kvinden mand manden hund hunden
        kat hoved hovedet hånd hand vand lys sol bil bilen gade drejer går gar løber lober smiler kører korer løfter lofter ser
        drikker åbner abner falder flyver kamera venstre højre hojre rød rod gennem ikkje jente gutt mann kvinne"""
    ),
    "pl": word_set(
        """i w na z ze do od o po pod nad przy przez dla za bez się sie jest są sa był byl nie to ten ta te jej jego ich który
        ktory która ktora a potem powoli szybko kobieta mężczyzna mezczyzna dziewczyna pies kot głowa glowa głowę glowe ręka reka
        woda światło swiatlo słońce slonce samochód samochod ulica ulicą idzie biegnie jedzie uśmiecha usmiecha patrzy obraca
        odwraca podnosi pije otwiera spada leci kamera lewo prawo czerwony czerwona"""
    ),
    "tr": word_set(
        """bir ve ile için icin de da bu şu su o çok cok gibi sonra yavaşça yavasca hızla hizla doğru dogru kadın kadin adam kız
        kiz köpek kopek kedi baş bas başını basini el elini su ışık isik güneş gunes araba sokak sokakta yürüyor yuruyor koşuyor
        kosuyor gülümsüyor gulumsuyor dönüyor donuyor çeviriyor ceviriyor gidiyor bakıyor bakiyor içiyor iciyor açıyor aciyor
        düşüyor dusuyor uçuyor ucuyor kamera sola sağa saga kırmızı kirmizi"""
    ),
    "id": word_set(
        """yang dan di ke dari dengan untuk pada dalam atas bawah oleh ini itu ia dia mereka sebuah seorang seekor tidak tanpa
        perlahan pelan cepat lalu kemudian sambil wanita perempuan pria lelaki anak anjing kucing kepala tangan air cahaya
        matahari mobil jalan berjalan berlari tersenyum memutar menoleh melaju mengangkat melihat minum membuka jatuh terbang
        kamera kiri kanan merah"""
    ),
    "other": word_set(
        """nebo jest kde která žena zena muž muz pes jde usmívá usmiva pomalu se na ze je si din la si cu pe un femeie merge fata
        câine caine nő egy és es az nem lassan fej koira nainen mies ja hitaasti kävelee kavelee on ei một mot cô gái đang
        chậm rãi người với và ang ng mga sa isang babae lalaki naglalakad der dem žene ide gleda i sa el la els les una amb gos
        dona camina gynaika che een na kwa mwanamke anatembea"""
    ),
}
COGNATES = word_set(
    """alarm album alert arm art auto ball balloon ballet banana band bank bar bass beige best bitter blind block blond blonde
    blue boss boot bronze bus butter cake camera canal car casual central chance chocolate cinema club coat code college color
    concert control cool dance dame design die diner disco drama drone duo elegant element elf end ende express face fall fan fang fast
    fell film final finger flag form format frisch front gang garage general gentle gift glas glass gold golden golf grand gras
    grill gross grunt hall halt hand hang handy hard hat hell hem her hero hold horn hotel hund idea ideal image in is jazz jeans
    job kind king kiosk kiwi knie koala kult lamp land last later lava lens lift limit line linger link links list long
    los lot luxe made mag male man mango mantel mark mask mate me melon men menu metal mild mine mini mist mobile mode model
    modern mole moment mood more motor mug museum must name national natural nest normal note nun old olive on open opera orange
    order original over paper park part party person phase photo piano pink pizza plan plane plant plate plus pool pop portal portrait pose
    post princess prince problem produce professor program promenade pull pure radio rage rate real region rest restaurant rice ring risk robot
    rock rode roman room rose rot route ruin ruse salon sand sang satin scene see sensual serie set show simple singer slang slim
    smart smoking sofa sold solo son sonar spring springer spot sport stand star start state statue stern still stop studio super
    sure taxi team tee telephone tempo tender test tiger toast tour tower train trio tunnel type under until urban vase velour verse
    via video villa violet visage wagon wand wand war warm was water wild will wind winter wolf wunder zebra zone zoo zoom"""
)
"""Words that other languages write as English does, or that mean something else there; they decide nothing."""
