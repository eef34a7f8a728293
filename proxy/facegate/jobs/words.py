"""Words for everybody, for sets of people and for nobody yet, in the twelve most spoken languages of the EU.

A table and not a dictionary: it holds what people write without thinking, so that they hear at once what a reference
is. Who means to get past it will, and then the approver reads it.
"""

from facegate.jobs.spelling import letters


def _words(*lines: str) -> frozenset[str]:
    return frozenset(letters(word).replace("_", " ") for line in lines for word in line.split())


# Everybody, wherever it stands.
EVERYBODY = _words(
    "everyone everybody anyone anybody whoever whomever every_person any_person each_person all_people all_persons",
    "jedermann jeder_mensch irgendwer irgendjemand alle_personen alle_menschen alle_leute",
    "tout_le_monde n_importe_qui quiconque toute_personne toutes_les_personnes",
    "todo_el_mundo cualquiera todas_las_personas toda_la_gente",
    "tutti_quanti chiunque tutte_le_persone ognuno",
    "iedereen elke_persoon elke_werknemer elke_bezoeker allemaal alle_mensen wie_dan_ook",
    "wszyscy ktokolwiek kazdy_czlowiek wszystkie_osoby",
    "todo_mundo toda_a_gente qualquer_um todas_as_pessoas",
    "toata_lumea oricine fiecare_persoana toti_oamenii",
    "vem_som_helst alla_manniskor alla_personer",
    "όλοι_οι_άνθρωποι οποιοσδήποτε καθένας",
    "kdokoli vsichni_lide kazdy_clovek mindenki bárki",
)
# Everybody of a kind, where it begins.
EVERY = _words(
    "all any every each various random arbitrary whole entire",
    "alle aller jeder jede jedes sämtliche beliebige irgendein irgendeine",
    "tous toutes tout toute chaque",
    "todos todas todo toda cada cualquier",
    "tutti tutte tutta tutto ogni qualsiasi qualunque",
    "ieder iedere",
    "wszystkie wszystkich każdy każda każde",
    "qualquer",
    "toți toate fiecare orice",
    "alla varje samtliga",
    "όλοι όλες όλα κάθε",
    "všichni všechny všechna každý každá minden összes bármely",
)
# Many people at once.
SETS = _words(
    "people persons individuals humans humanity mankind faces subjects users",
    "customers clients consumers visitors guests",
    "employees workers colleagues coworkers members residents inhabitants citizens students pupils teachers attendees",
    "participants protesters protestors demonstrators activists followers subscribers friends fans players spectators",
    "passengers patients prisoners inmates tourists migrants refugees journalists politicians celebrities influencers",
    "voters drivers suspects witnesses victims offenders criminals women men children kids girls boys adults minors",
    "families relatives neighbours neighbors strangers passers bystanders pedestrians shoppers tenants",
    "personen menschen leute gesichter nutzer benutzer kunden besucher",
    "gäste mitarbeiter mitarbeitende mitarbeiterinnen",
    "angestellte angestellten beschäftigte beschäftigten mitglieder bewohner einwohner bürger studenten studierende",
    "schüler teilnehmer teilnehmende demonstranten fans anhänger freunde zuschauer",
    "passanten patienten häftlinge kinder",
    "frauen männer flüchtlinge migranten verdächtige verdächtigen zeugen opfer touristen",
    "personnes gens individus visages utilisateurs clients visiteurs employés salariés membres habitants résidents",
    "citoyens étudiants élèves participants manifestants abonnés amis passants",
    "passagers femmes hommes enfants suspects",
    "personas gente individuos caras rostros usuarios clientes visitantes empleados trabajadores miembros habitantes",
    "residentes ciudadanos estudiantes alumnos participantes manifestantes seguidores amigos pasajeros mujeres hombres",
    "niños sospechosos",
    "persone individui volti utenti clienti visitatori dipendenti impiegati",
    "lavoratori membri abitanti residenti cittadini",
    "studenti partecipanti manifestanti seguaci amici passanti donne uomini bambini sospetti",
    "mensen personen gezichten gebruikers klanten bezoekers werknemers medewerkers leden inwoners bewoners burgers",
    "studenten leerlingen deelnemers demonstranten volgers vrienden vrouwen mannen kinderen verdachten",
    "ludzie osoby twarze użytkownicy klienci goście pracownicy członkowie mieszkańcy obywatele studenci uczniowie",
    "uczestnicy kobiety mężczyźni dzieci podejrzani",
    "pessoas indivíduos utilizadores funcionários empregados trabalhadores membros",
    "moradores cidadãos estudantes alunos",
    "seguidores mulheres homens crianças suspeitos",
    "oameni oamenii persoane persoanele utilizatori utilizatorii clienți clienții vizitatori angajați angajații membri",
    "membrii locuitori locuitorii cetățeni cetățenii studenți studenții femei bărbați copii",
    "människor personer användare kunder besökare anställda medarbetare medlemmar invånare medborgare studenter elever",
    "deltagare följare vänner kvinnor",
    "άνθρωποι άτομα πρόσωπα χρήστες πελάτες επισκέπτες εργαζόμενοι υπάλληλοι μέλη κάτοικοι πολίτες φοιτητές μαθητές",
    "lidé osoby obličeje uživatelé zákazníci návštěvníci zaměstnanci členové obyvatelé občané studenti žáci účastníci",
    "emberek személyek arcok felhasználók ügyfelek vásárlók látogatók alkalmazottak",
    "dolgozók munkavállalók tagok lakosok",
    "polgárok diákok hallgatók résztvevők",
)
# The same in the singular: a name of many, alone or before one of OF. "staff 4711" is somebody.
COLLECTIVES = _words(
    "public population staff personnel workforce crew crowd audience membership community team family household group",
    "öffentlichkeit bevölkerung belegschaft publikum menge gruppe familie",
    "public population personnel foule groupe famille público población plantilla multitud grupo familia",
    "pubblico popolazione folla gruppo famiglia publiek bevolking personeel menigte groep gezin",
    "społeczeństwo ludność personel tłum grupa rodzina população multidão família populația publicul personalul",
    "allmänheten befolkningen personalen publiken κοινό πληθυσμός προσωπικό",
    "veřejnost obyvatelstvo nyilvánosság lakosság",
)
OF = _words(
    "of in at from on near around inside within under over with who whose that which to for by",
    "von der des im in am aus auf bei mit die unter über ab an zu zur zum vom",
    "de du des d à au aux dans en sur avec qui chez par",
    "del en con que a los las",
    "di del della dei degli delle dell da dal nel nella nell con che al alla",
    "van het op met uit bij te die",
    "z ze w we na od do przy",
    "do da dos das no na em com que",
    "din la cu care ale ai",
    "från på i vid hos med som av",
    "του της των στο στη στην στον από με",
    "ze v na u s",
)
# What may stand before a set, or before somebody who is nobody.
LEADS = _words(
    "the a an our your their his her its my these those some many",
    "several certain other current former registered local",
    "der die das den dem ein eine einige viele unsere ihre diese manche mehrere",
    "le la les l un une des nos vos leurs mes ces quelques plusieurs el los las unos unas nuestros sus estos algunos",
    "il lo i gli le uno una nostri alcuni questi de het een onze enkele deze nasi o a os as uns umas nossos",
    "en ett de våra vissa några οι ο η το τα az egy naši někteří",
)
# One of them, and nobody in particular, alone.
ANYBODY = _words(
    "person individual human human_being somebody someone face subject man woman child user customer visitor employee",
    "member people jemand person mensch gesicht personne quelqu_un visage alguien persona rostro qualcuno volto iemand",
    "persoon gezicht mens ktoś osoba twarz człowiek alguém pessoa rosto cineva persoană någon människa κάποιος άτομο",
    "někdo člověk valaki személy ember",
)
# Nobody yet.
NOBODY = _words(
    "na tbd tba tbc todo none null nil nobody no_one unknown",
    "unidentified undetermined unspecified anonymous misc others",
    "other multiple placeholder dummy x blank empty pending",
    "to_be_determined to_be_announced to_be_confirmed not_applicable",
    "not_available not_known not_yet_known unknown_person unknown_persons see_above same ditto",
    "etc undefined n_a n_n nn",
    "unbekannt niemand keine keiner k_a entfällt offen folgt noch_offen unbekannte_person unbekannte_personen",
    "inconnu inconnue aucun aucune personne_inconnue s_o desconocido desconocida nadie ninguno ninguna por_determinar",
    "sconosciuto sconosciuta nessuno da_definire onbekend niemand geen nvt n_v_t nieznany nieznana nikt brak",
    "desconhecido desconhecida ninguém nenhum necunoscut necunoscută nimeni okänd ingen άγνωστος άγνωστο κανένας",
    "neznámý neznámá nikdo ismeretlen senki nincs",
)
