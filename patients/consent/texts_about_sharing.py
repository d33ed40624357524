"""The shipped texts that are about more than the treatment: news, research, the GP."""

from patients.consent.shipping import ShippedText, unwrapped
from patients.models import ConsentTemplate

_MARKETING = """# What this is about

We may send you news from the clinic: new treatments, open days and offers. We only do so if you
say yes. You do not have to. We treat you just the same.

# What we do

- We write to the e-mail or the phone number that you gave us.
- We write a few times a year at most.
- We never say in a message what you came to us for.
- We do not give or sell your address to anybody.

Messages about your own visits are not news. You get those as before.

# If you change your mind

You can say no at any time, by phone, in a letter or here. You need not say why. From then on we
send no more news. A message that is on its way at that moment may still reach you.
"""

_RESEARCH = """# What this is about

We want to find out what helps against hair loss, and for whom. To do so we count hairs, look at
pictures and compare many people. You can let us use what is in your record for this. You do not
have to. We treat you just the same.

# What we do

- We take your name, address and date of birth away before anybody counts. A number stands there
in their place.
- We keep the list of numbers and names apart, in this clinic.
- We may print what we find in a journal. It is about many people, so nobody can see what was
yours.
- Photos are not part of this. There is a text about photos too.

Nobody gets paid for what is in your record. It may not help you. It may help others later.

# What can go wrong

Somebody who knows you very well might guess that some numbers are yours. We think that this is
not likely.

# If you change your mind

You can say no at any time. You need not say why. From then on your record is left out of all that
we count anew. But what is in print, or has been counted by then, cannot be taken back.
"""

_GP = """# What this is about

Your GP looks after your health as a whole. It can help if your GP knows what we treat and what we
gave you. We write to your GP only if you say yes. You do not have to.

# What we do

- We write to the GP surgery that you name.
- We say what we found, what we did and what you should look out for.
- We say which medicines we talked about.
- We send no photos unless you ask us to.

# If you say no

We treat you all the same in most cases. If it is not safe to treat you while your GP does not
know, we tell you so, and you choose. If we think that you or somebody else is in great danger, the
law may ask us to tell someone. We talk to you first if we can.

# If you change your mind

You can say no at any time. You need not say why. From then on we write no more to your GP. What
your GP has been sent stays in the GP's record.
"""

SHIPPED_ABOUT_SHARING = (
    ShippedText(
        purpose=ConsentTemplate.Purpose.MARKETING,
        title="News and offers",
        body=unwrapped(_MARKETING),
    ),
    ShippedText(
        purpose=ConsentTemplate.Purpose.RESEARCH, title="Research", body=unwrapped(_RESEARCH)
    ),
    ShippedText(
        purpose=ConsentTemplate.Purpose.GP, title="Letters to your GP", body=unwrapped(_GP)
    ),
)
