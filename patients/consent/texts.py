"""The consent texts that come with the product, as data.

Each becomes version 1 of a template (`patients.actions.consent_templates`). A clinic that wants
other words or another time to reflect publishes a version of its own; this file is not a setting.
Figures are those of the literature that a named clinician of the clinic has approved.
"""

from clinic.practice.models import Technique
from patients.consent.shipping import ShippedText, unwrapped
from patients.consent.texts_about_sharing import SHIPPED_ABOUT_SHARING
from patients.models import ConsentTemplate

# Long enough for a course and its booster; after a year people, medicines and texts have changed.
TREATMENT_MONTHS = 12

_CHOICE = """
You do not have to say yes. You can say no today, or later, and you need not say why. Nobody here
will treat you worse for it.
"""

_OTHER_CHOICES = """
- No treatment. This kind of hair loss does not make you ill. It may go on.
- Minoxidil. You put it on your scalp. It can keep hair growing for longer. You have to go on
using it.
- Finasteride tablets, for adult men. They can lower your mood and change your sex life. Some men
have had thoughts of ending their life. Tell a doctor before you start if you have ever felt like
that.
- Dutasteride tablets. A doctor can tell you if they may be right for you.
- A hair transplant. This is surgery.
- A wig, a hair piece or a product that covers thin hair.
"""

_AFTERWARDS = """
- Do not touch the treated skin for 24 hours.
- Do not drink alcohol for 48 hours.
- Do no sport for 2 to 3 days. Keep away from heat and from the sauna.
- Use mild shampoo. Wait before you dye your hair. Ask us how long.

Call us if bleeding does not stop, if the skin gets red, hot or very sore, or if you feel ill.
Call 999 if it is hard to breathe, or if your face or tongue swells.
"""

_BEFORE = """
- any allergy, also to local anaesthetic, sulphites or parabens
- all medicines that you take, and most of all those that thin the blood
- pain killers such as ibuprofen or aspirin in the last week
- steroid injections or tablets in the last month
- any problem with bleeding or with your blood, and any cancer
- a fever, a cold or sore skin on your head
- scars that grew thick or raised
- that you are pregnant, may be, or breastfeed

Do not stop a medicine that a doctor gave you. Ask that doctor first.
"""

_MICROGRAFT = f"""# What this is about

Your hair is getting thin in a way that often runs in families. This text is about a treatment
called micrografts. Read it at home. Take your time. Write down your questions and bring them.
{_CHOICE}
# What we do

- We ask you for your name and your date of birth.
- We make a small patch of skin numb. It is mostly behind your ear or at the back of your head.
You stay awake.
- We take a few tiny bits of skin with a round tool. It is about 2\u00a0mm wide.
- A machine breaks the bits up in salt water.
- We put this fluid into the skin where your hair is thin. For this we use a syringe and a fine
needle.

All of this is done in one visit. What we take from you goes back to you on the same day. We store
nothing.

Most people have three visits, about 45 days apart. We look at your hair again about 23, 44 and 58
weeks after the last one. Your own plan may differ.

# Does it work?

We cannot promise that it will work for you. The studies are small, and they do not all agree.

- In one study of 27 people, one side of the head got this treatment. The other side got a dummy
treatment. After 58 weeks the treated side had about 23 more hairs in each square centimetre than
at the start. The other side had about as many as at the start.
- After 26 months the hair loss had come back in 6 of these people. They were treated again.
- In a group of 140 people with one visit each, the gain was smaller. It was about 5 to 7 hairs in
each square centimetre after 1 to 6 months.

These are averages. Some people gain more. Some gain nothing. We do not know how long it lasts.

# What can go wrong

Doctors counted what happened after 1,294 skin samples of this kind.

- Bleeding: about 9 in 1,000.
- An infection: about 2 in 1,000.
- If you have few platelets in your blood, bleeding is almost three times as likely.

About 1 in 160 people faints during a visit like this.

We have no good numbers for these:

- sore, swollen, bruised or numb skin for some days
- a small scar at each spot where we take skin; hair may not grow there
- a reaction to the local anaesthetic, which can be serious
- some hair may fall out for a while
- it may not work, and you will have had the visits, the cost and the small scars for nothing

# Tell us before we start
{_BEFORE}
# Your other choices
{_OTHER_CHOICES.strip()}
- PRP. This is a fluid from your own blood. There is a text about it too.

Ask us what each of these costs.

# Afterwards
{_AFTERWARDS}
# Time to think

We ask you to take 14 days between this text and your signature. You can take longer. You can stop
at any time, even in the middle of a visit. At each visit we ask you again if you still want it.
"""

_PRP = f"""# What this is about

Your hair is getting thin in a way that often runs in families. This text is about a treatment
called PRP. The letters stand for platelet-rich plasma. Read it at home. Take your time. Write
down your questions and bring them.
{_CHOICE}
# What we do

- We ask you for your name and your date of birth.
- We take some blood from your arm.
- A machine spins the blood. This parts the red cells from a clear fluid with many platelets in
it. Platelets are the small cells that help a cut to heal.
- We put this fluid into the skin where your hair is thin. We use a fine needle many times. We may
make the skin numb first.

All of this is done in one visit. What we take from you goes back to you on the same day. We store
nothing.

Most people have three visits, a month apart, and one more 3 months later. After that it is one
visit every 6 months if you want to go on. We look at your hair again 12 and 24 weeks after the
last one. Your own plan may differ.

# PRP has no licence

In the UK, PRP that is used like this counts as a medicine without a licence. The body that checks
medicines has not tested it and has not said how well it works or how safe it is. The law lets a
doctor have it made for one named patient. That patient is you. The doctor takes the
responsibility for it. You can ask us who your doctor is.

# Does it work?

We cannot promise that it will work for you. The studies do not agree.

- In a group of 57 people, hair was about a third denser after 12 weeks. There was no other group
to compare them with.
- In a trial with 30 men, PRP did not help.
- When the results of many trials are put together, PRP did better than salt water. But the true
gain may be large, or it may be close to nothing.

These are averages. Some people gain more. Some gain nothing. We do not know how long it lasts.

# What can go wrong

About 1 in 160 people faints during a visit like this.

We have no good numbers for these:

- pain from the needle, and sore or swollen skin for some days
- bruises on your scalp or where we take blood
- a headache
- an infection of the skin
- a reaction to the local anaesthetic, if we use one, which can be serious
- some hair may fall out for a while
- it may not work, and you will have had the visits and the cost for nothing

We must not give you PRP in any of these cases:

- your platelets do not work, or you have far too few of them
- you have an infection on your scalp
- you are very ill

# Tell us before we start
{_BEFORE}
# Your other choices
{_OTHER_CHOICES.strip()}
- Micrografts. These are made from tiny bits of your own skin. There is a text about them too.

Ask us what each of these costs.

# Afterwards
{_AFTERWARDS}
# Time to think

We ask you to take 7 days between this text and your signature. You can take longer. You can stop
at any time, even in the middle of a visit. At each visit we ask you again if you still want it.
"""

_PHOTOGRAPHS = """# What this is about

We would like to take photos of your head and your hair. You choose what we may do with them.
There are three choices. You can say yes to one, to some, to all or to none of them. Your
treatment does not depend on it, and you get no money for it.

# What we take

We take photos of the top, the front, the sides and the back of your head. Your face can be seen
in some of them. We take them before the treatment and at each check, always in the same way. That
is how you and we can see if something has changed.

# Choice 1: your record, and papers for you

The people who treat you here can see your photos. We may put them in papers that we give to you.
We keep them in the clinic's own system, with your record. If you say no, we take no photos. It is
then harder to tell if the treatment does anything.

# Choice 2: our website

We may show your photos on the clinic's website, so that other people can see what a treatment can
look like. Anybody in the world can see them and copy them. We do not show your name. People who
know you may still know it is you.

# Choice 3: a scientific paper

We may print your photos in a journal, or show them to other doctors in a talk. We do not print
your name. People who know you may still know it is you.

# If you change your mind

You can say no at any time. You need not say why. From then on we do not use your photos in that
way. We take them off our website. But we cannot call back what is already in print, or what
somebody else has copied. The photos in your record stay there, because they are part of your
care.

# Other choices

You can have no photos at all. You can also let us take photos for your record and nothing else.
Ask us if you are not sure.
"""


_RISKS_OF_MICROGRAFTS = (
    "Bleeding",
    "An infection",
    "Fainting",
    "Sore, swollen, bruised or numb skin",
    "A small scar at each spot where skin is taken",
    "A reaction to the local anaesthetic",
    "Hair that falls out for a while",
    "That it may not work",
)

_RISKS_OF_PRP = (
    "Fainting",
    "Pain, and sore or swollen skin",
    "Bruises",
    "A headache",
    "An infection of the skin",
    "A reaction to the local anaesthetic",
    "Hair that falls out for a while",
    "That it may not work",
    "That PRP has no licence",
)

_ALTERNATIVES = (
    "Minoxidil",
    "Finasteride",
    "Dutasteride",
    "A hair transplant",
    "A wig, a hair piece or a product that covers thin hair",
)

SHIPPED = (
    ShippedText(
        purpose=ConsentTemplate.Purpose.TREATMENT,
        technique=Technique.MICROGRAFT,
        title="Micrograft treatment",
        reflection_days=14,
        valid_months=TREATMENT_MONTHS,
        risks=_RISKS_OF_MICROGRAFTS,
        alternatives=(*_ALTERNATIVES, "PRP"),
        body=unwrapped(_MICROGRAFT),
    ),
    ShippedText(
        purpose=ConsentTemplate.Purpose.TREATMENT,
        technique=Technique.PRP,
        title="PRP treatment",
        reflection_days=7,
        valid_months=TREATMENT_MONTHS,
        risks=_RISKS_OF_PRP,
        alternatives=(*_ALTERNATIVES, "Micrografts"),
        body=unwrapped(_PRP),
    ),
    ShippedText(
        purpose=ConsentTemplate.Purpose.PHOTOGRAPHS,
        title="Photographs",
        body=unwrapped(_PHOTOGRAPHS),
    ),
    *SHIPPED_ABOUT_SHARING,
)
