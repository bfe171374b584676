"""Words that everybody uses: one of them by itself is never taken for a misheard term.

Drawn from our own sentences: what stands in the sayings of a fourth of the questions, or often in the background.
"""

from __future__ import annotations

EVERYDAY = frozenset(
    """
    able about above accept acceptable accepted accepts access according accordingly account accounts across act
    action active activity actual actually add added adding additional address addresses adds admin advance affected
    afraid after afternoon afterwards again against ages ago agree agreed agreement ahead air alarm alert alerts
    alike alive all allow allowed allows almost alone along already also although altogether always am among amount
    an analysis and angry another answer answered answering answers any anybody anymore anyone anything anyway
    anywhere apart apis app appears apple application applied applies apply appropriate apps architect architecture
    archive are area arm around arrive arrived arrives as aside ask asked asking asks asleep assigned assume at
    attached attention attribute audience audit automatic automatically autumn availability available average avoid
    avoided away back background backlog backup bad badly bakery balance balancer ball bank bar base based basically
    basket batch be beats became because become becomes bed been before beforehand began begin beginning begins
    behave behaves behind being believe bell belong belongs below benefit beside best better between beyond big
    bigger biggest bill billing bin bird birthday bit bits black blame blind blink block blocked blocking blocks
    blog blue board body book booking books boot bored boring boss both bother bottom bought bound bounded box boxes
    branch bread break breakfast breaking breaks bridge bring brings broke broken broker brother brought browser
    browsers bucket budget bug build building builds built bump bundle burn burned burns bus business busy but
    button buttons buy buying by bypass byte bytes cable cake calendar call called caller callers calling calls calm
    came can candidate candidates capacity car card cards care careful carried carries carry carrying case cases
    cash cashier cat catalogue catch catches caught cause caused causes cellar central centre certain certificate
    chain chair chance change changed changes changing channel chapter charge chart chat cheap cheaper cheapest
    check checked checking checklist checkout checks chef child children choice choose chosen christmas city class
    classic clean clear click clicks client clients clock close closed closes cloud cluster coat code codes coffee
    cold colleague colleagues collect collected colour column columns come comes coming command comment comments
    commit commits committed common communication companies company compare compared compares comparing comparison
    complain complete completely component compute computer computers concurrency concurrent condition conditions
    confidence configured confirm confirmation confirmed confirms conflict connect connected connection connections
    consider consistency consistent constant constraint consumer consumers contain contained containers contains
    content context continue contract control controllers conversation cook cooks copied copies copy core corner
    correct correctly cost costs could count counted counter counting countries country counts couple course cousin
    cover covered covers crash crashed crashes create created creates credit cross crowd current customer customers
    cut cuts cutting daily damage dangerous dark dashboards data database databases date dates day days dead
    deadline deal decide decided decides decision decisions default define defined definition delay delete deleted
    deletes deliver delivered delivers delivery demand demands department depend dependency depending depends
    describe design designed desk details detection developer developers device diary did died dies differ
    difference different differently difficult dinner directly dirty disabled disappear disappears discarded
    discussion dish disk distributed divided do docs doctor document documentation does dog doing domain done door
    doors double doubled doubles down downstream draw drawer drawing drawn drew drive driven driver drop dropped
    dropping drops duplicate duplicates durable during each earlier early easier easily easy eats edge effect effort
    egg eight eighty either eleven else elsewhere email empty encrypted encryption end ended endpoints ends engine
    engineer engineering engineers english enough entire entity entries entry environment equal equally error errors
    established even evening event events eventually ever every everybody everyone everything everywhere evidence
    exact exactly example except exceptions exchange executed executes execution exist exists expect expected
    expensive experience expired expires expiry explained explicit export exposes external extra eye eyes face
    factor fail failed failing fails failure failures fair fairly fall falls family fans far fast faster fastest
    father fault favour favourite feature features feed feedback feel feels fell felt fetch fetched fetches few
    fewer field fields fifteen fifty figure file files fill filled fills filter filters final finally find finding
    finds fine finish finished fire firm first fish fit fits five fix fixed fixes flag flat flight flip flipped
    flood floor flower flux folder folks follow followed following follows food foot for force foreign forever
    forget forgets forgot forgotten form former forty forward found four framework free fresh friday fridge friend
    friends from front full fully fun function functions funny further future gain game gap gaps garbage gateway
    gave general generally generated get gets getting giant give given gives giving glad go goal god goes going gone
    good got grab grade grandma grandmother graph great green grew group grow growing grows growth guarantee
    guaranteed guarantees guard guess guessing guest guests guy guys had hair half halfway hand handed handful
    handle handled handler handles handling hands hang hanging hangs happen happened happens happy hard harder
    hardly hardware harm harmless has hash hashing hate have having he head header headers healthy heap hear heard
    hears heart heavy held helm help helped helper helpers helps hence her here hidden hide hides high higher
    highest him hire his history hit hits hold holding holds hole holiday home honest honestly hop hope horizontal
    horizontally host hot hotel hour hours house how however huge human hundred hung hurt hurts ice id idea
    identical identified idle ids if ignore image images imagine immediately important impossible in incident
    included including incoming independent independently indexing individual information infrastructure insert
    inserts inside instance instances instant instead integration interesting interface intern internal internet
    interview into introduced inventory invoice invoices ip irrelevant is isolated isolation issue it item items its
    itself job jobs joined joins judge jump just keep keeping keeps kept key keys kids kind kinds king kitchen knew
    knock know knowing known knows label lady lag lamp land lands language laptop large larger last late later
    latest launch law lay layer layers layout lazy lead leads lean learn learned learning learns least leave leaves
    leaving led left leg length less let lets letter letters letting level library licence lie lies life lift light
    like likes limit limited limits line lines link links list listed listen listing lists little live lived lives
    load loads local locally lock locked locking locks logged logging logic login long longer longest look looked
    looking looks lookups loop loops lose loses losing loss lost lot lots loud love low lower lowers luck lunch
    lying machine machines made mail mails main mainly make makes making management manager managers mandatory
    manual many map mapping march mark marketing marks master match matched matching matrix matter matters maximum
    may maybe me mean meaning means meant meanwhile measure measured measures measuring meat meet meeting meetup
    memory mention menu merely merge merged merges message messages messaging met mid middle midnight might
    migration milk million millions millisecond milliseconds mind mine minute minutes miss missed misses missing
    mistake mix mixed mobile mode model modern modification module moment monday money monitor monitoring month
    monthly months moon more morning most mostly mother mountain move moved moves moving much multi multiplies
    museum music must my myself name named names near nearly need needed needs neighbour neighbours neither nervous
    network never new newcomers newer newest news next nice nicely nicer night nightly nine ninety no nobody node
    nodes non none noon nor normal normally not note notebook notes nothing notice noticed notices now number
    numbers object odd of off offers office offline often okay old older on onboarding once one ones online only
    onto open opened opening opens operating operation operations optimise option optional or order ordered ordering
    orders ordinary original other others otherwise ought our ours out outage outcome outdated output outside oven
    over overhead overnight overrated own owner owns packet page paged pages paid pair panel paper parallel parcel
    parking part particular partition partitioned partitioning parts party pass passed passes password passwords
    past paste patch path paths pattern pay paying payment payments pays peace peak pen people per percent perfect
    perfectly performance perhaps permanent persistence persists person phone phones photo photos pick picked picks
    picture pictures piece pieces pile pin pizza place placed places plain plan planned planning plans plate plates
    platform play plays please plenty plug plus pocket pod pods point points policy pool poor pop pops popular
    possible post posted postman posts pot power practice precisely prefer prepare prepared present press pressure
    pretend pretty prevents previous price prices primary print printed prior private probably problem problems
    process processed processes processing produce product production profile program programming programs progress
    project promise promises proof proper properly protects proven proves provided provider proxy public publish
    published pull pulled pulling pulls puppet purchase purely purpose push pushed pushes put puts putting quarter
    queen queries query question questions queue queues quick quicker quickest quickly quiet quite race radio rain
    raise raised raises raising ran random range rarely rate rates rather ray re reach reachable reached reaches
    read readers reading reads ready real really reason recall receive receives receiving recipe recognise record
    recorded records red reduced reduces redundant reference refresh refuse refused regardless region register
    regular reject rejected rejects related relational release released releases reliable relies rely remain
    remaining remains remedy remember remembers remote remove removed removes repair repairs repeat repeated repeats
    replace replaced replaces replay replies reply report reported reporting reports repository request requested
    requests required requirements requires reserved resolution resource resources response responses responsible
    restart restaurant result results return returned returning returns reveals review reviewed reviews rewrite rich
    right ring rings risk risky river road robot role roles roll rolled rolls roof room rooms root roughly round
    route routes row rows rule rules run running runs rush rust sad safe safely safer safety said sale sales salt
    same sample sat save saved saves saving saw say saying says scale scales scaling scan schedule scheduled school
    scope score scratch screen screens script scripts sea search searching seat second seconds secret security see
    seen sees select selects sell semantics send sender sending sends senior sense sent sentence separate separately
    sequence serve served server servers serves service services serving session sessions set sets setting settings
    settle settled setup seven several share shared shares she sheet shelf shift ship shipped shipping ships shoes
    shop shopping shops short shorter should shout shouts show showed showing shown shows shrinks shut sick side
    sides sign signed signs silent silly simple simply since single sister sit site sits sitting six sixty size
    sized sizes skip skipped sleep sleeps slice slide slip slips slow slower slowly slows small smaller snow so
    software solely solution solve solved some somebody somehow someone something sometimes somewhere song soon
    sooner sorry sort sorted sorts soup source space spare spark speak speaks special speed speeds spend spent spike
    split splitting spot spread spreads spreadsheet spring sprint stable stack staff stage stale stand standard
    standing stands star start started starting starts startup state statement statements static station status stay
    stayed stays step steps stick sticky still stock stood stop stopped stops storage store stored stores story
    stove straight stranger strangers strategy stream streams street strict string strong stronger stuck stuff style
    success such suddenly suffices sugar suitable sum summer sun sunday superfluous supermarket support suppose sure
    surprises survive swap swift switch switched switches switching sync system systems tab table tables tag take
    taken takes taking talk talked talking talks tap target targets task tasks tax tea teacher team teams technical
    technology tell telling tells ten tenth term terms test tested tester testing tests text than thank thanks that
    the their theirs them themselves then theory there thereby therefore these they thin thing things think thinking
    third thirty this those though thought thousand thousands thread threads three threshold threw through throw
    thrown throws thursday tick ticket tickets tidy tied tier tight till time timeouts times tiny tired title to
    today together token tokens told tomorrow tonight too took tool tools top topic topics total touch touched
    touches touching town trace track tracking trade traffic train training transactions transfer travel travels
    treat treated tree trick tried tries trigger triggers trip trips trouble truck true trust trusted try trying
    tuesday tune tuning turn turned turns twelve twenty twice two type typed types typical typically unchanged under
    underneath understand understood undo unique unit unknown unless unlike until untouched up update updated
    updates upon ups us use used useful useless user users uses using usual usually valid validated validation value
    values variable vendor verified verify version versions versus very via video view village virtual visible
    visitor visitors volume wait waited waiter waiting waits wakes walk walks wall want wanted wants war warehouse
    warm warning was waste wasted watch watched watching water way ways we weak weather web website wedding week
    weekend weeks well went were wet what whatever when whenever where whereas wherever whether which whichever
    while white whiteboard who whoever whole whose why wiki will wind window windows wins winter wire wish with
    within without word words work worked worker workers working workload works world worse worst worth would write
    writes writing written wrong wrote year years yes yesterday yet yields you young your yours yourself zero zones
    """.split()
)
