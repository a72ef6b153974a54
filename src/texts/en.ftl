# Every sentence that a person can read, in English. Plain text without markup: each platform shows it as it is.
# A further language is one more file like this one; a test compares keys and placeables.

language-name = English

## Names that a chat platform shows

bot-description =
    🤗 Two photos in, one real hug out.

    Send me a photo of each person and I make a lifelike video in which they hug.
bot-short-description = Two photos in, one lifelike hug video out.
command-start = Start
command-hug = Make a hug video
command-videos = My videos
command-price = What it costs
command-balance = My credits
command-buy = Buy credits
command-currency = Change the currency
command-language = Change the language
command-help = How it works
command-cancel = Cancel what I began
command-terms = Terms
command-privacy = What happens to my photos
command-paysupport = Help with a payment
command-delete_my_data = Erase my data

## Names of the variants

variant-name = { $variant ->
    [premium] Full HD Embrace
    [standard] Standard Embrace
   *[other] { $variant }
}
variant-hint = { $variant ->
    [premium] 1080p, the most lifelike
    [standard] 720p, smaller and quicker to share
   *[other] { $variant }
}

## Start and help

start =
    🤗 Two photos in, one real hug out.

    Send me a photo of each person, and I make a short, lifelike video in which they hug.
start-free = 🎁 Your first video is free.
button-start = 🤗 Make a hug video
ask-photos =
    Send me two photos, one of each person: one after the other or both at once, as a photo or as a file.

    It works best with one face per photo, well lit, from the chest up.
help =
    How it works:
    1. Send a photo of each person (JPG, PNG or WebP, up to 20 MB).
    2. Look at the preview. Swap or replace photos if you like.
    3. Choose the quality. I make the video and send it here.

    /hug  begin
    /videos  all your videos
    /price  what it costs
    /buy and /balance  credits
    /cancel  stop what you began
    /language  change the language
    /terms and /privacy  the rules, and what happens to your photos
    /paysupport  help with a payment
    /delete_my_data  erase everything about you
operator-line = Run by { $name }.
support-line = Questions? { $contact }
group-hint = I make hug videos in a private chat, because photos are personal: { $link }

## Photos

photo-rejected-empty = That file is empty. Please send the photo again.
photo-rejected-too_large = That file is larger than 20 MB. Please send it as a photo instead of a file, or a smaller one.
photo-rejected-too_many_pixels = That picture has more than 25 megapixels. Please send it as a photo instead of a file: the app makes it smaller.
photo-rejected-too_small = That photo is too small: the shorter side needs at least 300 pixels. Please send a larger one.
photo-rejected-too_narrow = That photo is too long and narrow. Please crop it a little, or send another one.
photo-rejected-heic = That is a HEIC picture, which I can't read. Send it as a photo instead of a file and the app converts it.
photo-rejected-gif = That is a GIF or a clip. Please send a JPG, PNG or WebP photo.
photo-rejected-video = That is a video. I need a photo: JPG, PNG or WebP.
photo-rejected-pdf = That is a PDF. Please send the photo itself: JPG, PNG or WebP.
photo-rejected-other_picture = I can't read this kind of picture. Please send a JPG, PNG or WebP.
photo-rejected-not_a_picture = That file is not a picture. Please send a JPG, PNG or WebP photo.
photo-rejected-broken = I couldn't open that photo; it seems damaged. Please send it again or choose another one.
photos-too-fast = That was a lot of photos at once, and I left this one out. Please wait a minute.
photos-stay = I still have your two photos.
photo-stays = Your other photo is safe, I still have it.
photo-unfetched = I couldn't fetch that photo from the chat. Please send it once more.
photo-declined-moderated = { $position ->
    [1] The first photo
   *[2] The second photo
} was declined by the content rules of the video service. I still need another photo of that person.
photo-declined-photo = The video service can't use { $position ->
    [1] the first photo
   *[2] the second photo
}. I still need another photo of that person.
photo-declined-reupload = The video service couldn't read { $position ->
    [1] the first photo
   *[2] the second photo
}. I still need another photo of that person.
extra-photo = I use the first two photos. To change one, tap "Replace" below.
not-a-photo = I can only work with photos. Please send a photo: JPG, PNG or WebP.
not-a-photo-one = I have one photo. Now I need a photo of the other person.
not-a-photo-choose = I have both photos. Choose the quality with the buttons above, or /cancel.
not-a-photo-replacing = I'm waiting for the new photo { $position }. Send it, or tap "Keep both" above.
not-a-photo-consent = I have both photos. Please tap "I confirm" above, or /cancel.
not-a-photo-pay = I have both photos. Pay with the invoice above and I begin, or /cancel.
not-a-photo-idle = Send me two photos to begin, or /help to see how it works.

## The card

card-one-photo-2 =
    ✅ Photo 1 of 2 is here.

    Now send a photo of the other person.
card-one-photo-1 =
    ✅ Photo 2 of 2 is here.

    Now send photo 1 again.
card-consent =
    ✅ 2 of 2. Before I begin, please confirm:

    • I may use these photos, and the people shown would be fine with it.
    • No minor is shown in a romantic way.
    • I know that the video is made by AI, and that the photos are sent to the video service PixVerse to make it.

    Photos are erased { $hours ->
        [0] as soon as the order ended
        [one] one hour after the order ended
       *[other] { $hours } hours after the order ended
    }.
card-choose =
    ✅ 2 of 2. Which video shall I make?
card-choose-replacing =
    Send the new photo { $position }.
card-awaiting = 💳 { $name }: pay { $price } with the invoice below.
card-balance = You have { $credits ->
    [one] one credit
   *[other] { $credits } credits
}.
card-queued =
    🕐 You are number { $position } in the queue.
card-queued-next =
    🕐 You are next in the queue.
card-queued-wait = It starts in about { $time }.
card-making =
    🎬 Making your video

    { $bar } { $percent } %
card-making-left = About { $time } left.
card-making-late = It takes longer than usual. I keep an eye on it; you need not do anything.
card-uploading =
    📤 Your video is made. Uploading …

    { $bar }
card-cancelled = Cancelled.
card-expired = This order was left for a day, so I closed it. Nothing was taken.
money-free_returned = Your free video is still yours.
money-free_used_up = Your free tries are used up now.
money-payment_due = Your { $price } are on their way back to you.
money-payment_returned = Your { $price } are already back with you.
money-payment_as_credits = Your { $price } can't be sent back from here, so you have { $credits ->
    [one] one credit
   *[other] { $credits } credits
} for them: see /balance. Write to /paysupport if you want something else.
money-credits_returned = Your credits are already back.
money-nothing_taken = Nothing was taken.

button-agree = ✅ I confirm
button-offer = { $name } · { $price }
button-swap = 🔄 Swap
button-replace = 🖼 Replace { $position }
button-keep = ↩️ Keep both
button-cancel = ✖️ Cancel
button-retry = 🔁 Try again with the same photos
button-new = 🤗 New hug
price-free = free
price-credits = { $credits ->
    [one] one credit
   *[other] { $credits } credits
}
duration-seconds = { $seconds } s
duration-minutes = { $minutes } min

failed = 😔 That didn't work.
failed-moderated = The video service declined these photos because of its content rules. Other photos may work.
failed-photo_refused = The video service couldn't use one of the photos. Please begin again with other photos.
failed-generation_failed = The video service tried twice and failed.
failed-timeout = It took far too long, so I stopped waiting. Should the video still come, you get it as a gift.
failed-upstream_unavailable = The video service can't be reached at the moment. Please try again a little later.
failed-upstream_refused = The video service refused this order. We have been told and look into it.
failed-out_of_pixverse_credits = We can't make videos at the moment. We have been told and are working on it.
failed-undeliverable = I couldn't deliver the video in time.
failed-removed = It was stopped after a report.
failed-internal = Something went wrong on our side. We have been told and look into it.

## Choosing

busy = One video at a time: yours is still being made. Tap again as soon as it is here.
payment-due =
    { $why ->
        [used_up] Your free video is used up.
        [off] Good choice.
        [failures_used_up] Your free tries are used up.
        [budget_used_up] Today's free videos are all given away; there are new ones tomorrow.
       *[other] This video is not free.
    } Pay with the invoice below, and I begin.
invoice-there = The invoice is already here, below the picture. Pay it, and I begin.
invoice-failed = I couldn't make the invoice, and nothing was taken. We have been told. Please try again a little later.
invoice-video-description = A { $resolution } video of { $seconds } seconds in which the two of you hug. If it can't be made, your money comes back by itself.
invoice-video-description-credits = A { $resolution } video of { $seconds } seconds in which the two of you hug. If it can't be made, you get { $credits } credits for another one.
invoice-pack-title = { $credits } credits
invoice-pack-description = { $credits } credits for hug videos. They do not expire.
pay-refused-unknown = This invoice is not ours any more. Use /hug to begin anew.
pay-refused-not_owner = This invoice belongs to somebody else. Use /hug to make your own video.
pay-refused-paid = This is already paid. You need not do anything.
pay-refused-closed = This invoice is closed. Use /hug or /buy for a new one; nothing was taken.
pay-refused-changed = The price of this invoice is out of date. Use /hug or /buy for a new one; nothing was taken.
pay-refused-busy = One video at a time: yours is still being made. Pay when it is here.
pay-refused-photos = A photo is missing. Send it first, then pay; nothing was taken.
pay-refused-paused = We can't make videos at the moment, so we don't take money. Please try again later.
pay-refused-trouble = Something went wrong on our side, and nothing was taken. Please try again in a moment.
sales-paused = We can't make videos at the moment. Nothing was taken; your photos stay here. Please try again later.
rate-limited = That was a bit fast. Please wait a minute and tap again.
person-paused = The video service declined several of your photos, so I have to pause. You can go on after { $until }.
consent-first = Please confirm first, with the button on the picture.
photos-first = I need two photos first.
photos-erased = I no longer keep those photos: they are erased for your privacy. Please send them again.
too-late-to-cancel = It is too late to cancel: PixVerse is already making the video. It arrives here shortly.
nothing-to-cancel = There is nothing to cancel.
order-running = I'm already on it.
over = This is over. Use /hug to begin anew.
not-yours = This button belongs to somebody else.
unknown-button = I don't know this button any more. Use /hug to begin anew.
replacing-hint = Now send the new photo { $position }.
done = Done.

## The video

caption =
    🤗 { $name }
    Made by AI
caption-gift =
    🎁 { $name }
    Made by AI. It came late, so it is a gift.
video-ready = 🎉 Your video is ready, just above. Enjoy the hug!
video-ready-gift = 🎁 The video that we had given up came after all. It's yours, free of charge.
button-again = 🔁 Again
button-other-quality = ✨ Other quality
button-share = 📣 Share
button-report = 🚩 Report
share-text = Two photos in, one real hug out 🤗
videos-title = Your videos ({ $total }):
videos-none = You have no videos yet. Send me two photos to make the first one.
videos-item = { $date } · { $name }
videos-gone = This video was erased.

## Price and language

price-title = What a video costs:
price-line = • { $name } ({ $hint }): { $price } or { $credits ->
    [one] one credit
   *[other] { $credits } credits
}
price-local = about { $price }
price-free-left = 🎁 Your first video is free, in either quality.
price-more = /buy sells packs of credits at a discount; /currency changes the currency.
price-balance = You have { $credits ->
    [one] one credit
   *[other] { $credits } credits
}.
language-choose = Which language shall I speak?
language-set = I speak English now.

## Terms and privacy

terms =
    In short:
    • You may use the photos you send, and the people shown agree.
    • No minors in romantic scenes, nothing sexual, nobody mocked.
    • The video is made by AI and says so.
    • If a video can't be made, what you spent comes back without asking.
    • Telegram's support can't help with purchases in this bot; we do.
terms-link = Full terms: { $url }
privacy =
    In short:
    • I store your photos and send them to PixVerse, the service that makes the video.
    • Photos are erased { $hours ->
        [0] as soon as the order ended
        [one] one hour after the order ended
       *[other] { $hours } hours after the order ended
    }, videos after { $days ->
        [one] one day
       *[other] { $days } days
    }.
    • Location and other data inside a photo file are removed before anything else happens.
    • I keep your account id, name and language to be able to write to you, and the list of your orders.
    • /delete_my_data erases all of it.
privacy-link = Full privacy policy: { $url }

## Credits

credits-granted = 🎁 You were given { $credits ->
    [one] one credit
   *[other] { $credits } credits
}. You have { $balance } now.
credits-revoked = { $credits ->
    [one] One credit was
   *[other] { $credits } credits were
} taken back. You have { $balance } now.
credits-reason = Reason: { $reason }

## Buying

buy-title = Credits make videos, now or later: a Full HD Embrace takes 5, a Standard Embrace 3. They do not expire.
button-pack = { $credits } credits · { $price }
credits-bought = ✅ { $credits } credits are yours. You have { $balance } now.
payment-late = Your payment came after the order was closed, so it became { $credits } credits. You have { $balance } now; /hug uses them.
payment-surplus =
    This was paid already. { $back ->
        [yes] Your second payment of { $price } goes back to you.
       *[other] Your second payment of { $price } became credits: see /balance.
    }
payment-mismatch =
    Your payment of { $price } does not fit its invoice. { $back ->
        [yes] It goes back to you.
       *[other] We have been told and settle it: see /balance.
    }
payment-returned = 💸 { $price } are back with you.
payment-kept = { $price } could not be paid back, so you have { $credits } credits instead. Write to /paysupport if you want something else.
balance = You have { $credits ->
    [one] one credit
   *[other] { $credits } credits
}.
balance-none = Nothing booked yet. /buy sells credits.
balance-entry = { $date }  { $delta }  { $what }
entry-purchase = paid
entry-order_spend = video ordered
entry-order_return = video given back
entry-admin_grant = a gift
entry-admin_revoke = taken back
entry-payment_refund = payment sent back
entry-refund_kept = payment could not be sent back
currency-now = Your currency is { $currency }: a Full HD Embrace costs { $price }.
currency-stars = Here you pay in Telegram Stars; the currency is for the approximate price that I show. Choose another one, or send for example /currency EUR.
currency-local = Choose another one, or send for example /currency EUR.
currency-set = Prices are in { $currency } now: a Full HD Embrace costs { $price }.
currency-too-soon = You changed to a cheaper currency less than 90 days ago. Your currency stays as it is; /paysupport helps if you moved.
currency-instead = { $wanted } can't be charged here, so the price is in { $used }.

## Support

support-ask = Tell me in one message what went wrong, and I pass it on. /cancel if it was nothing.
support-too-long = That is too long for me to pass on. Please say it in at most { $max } characters.
support-too-many = You wrote { $max } times within an hour. We have all of it and answer here; please wait a little before you write again.
support-nobody = I can't pass a message on: nobody is set up to read it here.
support-contact = You can write to { $contact } as well.
support-received = ✅ Your message has arrived, and we answer here. Telegram's own support can't help with purchases in this bot.
support-answer =
    💬 Answer from support:

    { $text }
prompt-dropped = All right, I'm not waiting for it any more.
report-thanks = Thank you. We have been told and look at it.
report-already = You reported this before. We look at it.
video-removed = A video of yours was removed after a report, and its photos are erased. If you think that this is wrong, write to /paysupport.
order-removed = Your order was stopped after a report, and its photos are erased. What you spent on it is given back: see /balance. If you think that this is wrong, write to /paysupport.

## Erasing

erase-ask =
    Shall I erase your data?

    Erased at once: your photos, your videos, what you wrote to us, your name and your account id. An order that you have only begun is cancelled.

    Kept: payments and credits as numbers that belong to nobody, because the books must add up; and a fingerprint of your account that nobody can read back, so that erasing does not bring another free video.

    What I can't erase: the messages in this chat and in the chats of our support, what PixVerse has of your photos and videos, and our backups, which are gone after 7 days at most.
erase-credits = You would lose { $credits ->
    [one] one credit
   *[other] { $credits } credits
} for good.
button-erase = 🗑 Erase everything
erase-at_pixverse = A video of yours is being made at the moment. Send /delete_my_data again when it is here.
erase-money_on_its_way = Money of yours is on its way back, and it needs your account to find you. Please send /delete_my_data again in a moment.
erase-stale = That question is too old. Please send /delete_my_data again.
erase-done = ✅ Done: your data are erased. What is left is this chat; you can delete it in the app. /start begins anew, as if we had never met.

## Trouble

apology = Sorry, something went wrong on my side. Please try that once more.

## For admins

admin-only = That command is for admins.
admin-credits-usage =
    /credits balance
    /credits show <user>
    /credits grant <user> <n> [reason]
    /credits revoke <user> <n> [reason]

    <user> is me, an id, telegram:<id>, discord:<id> or an @name that I have seen.
admin-credits-pixverse = PixVerse account: { $credits } credits.
admin-credits-pixverse-failed = PixVerse did not tell the balance ({ $code }).
admin-credits-show = { $user } has { $balance ->
    [one] one credit
   *[other] { $balance } credits
}.
admin-credits-entry = { $date }  { $delta }  { $kind } { $detail }
admin-credits-none = Nothing booked yet.
admin-credits-done = Booked { $delta } for { $user }. Balance: { $balance }.
admin-credits-repeat = That was booked before. Balance: { $balance }.
admin-credits-overdrawn = { $user } has only { $balance }.
admin-credits-amount = The number of credits must be a whole number from 1 to { $max }.
admin-refund-usage = /refund <order or payment> [reason]
admin-refund = { $outcome ->
    [due] It goes back to the person now.
    [credits_returned] The credits are back with the person.
    [already] That was given back before.
    [not_refundable] This payment service can't give money back from here. The credits stay with the person; refund it at the provider.
    [nothing_paid] Nothing was paid for this order.
    [running] This order is being made at the moment. Refund it when it has ended.
    [spent] The credits of this payment were spent: the person has only { $balance }.
   *[not_found] I know no order and no payment with this id.
}
admin-ticket = 📨 { $from } writes (ticket { $id }):
admin-ticket-orders = Orders:
admin-ticket-payments = Payments:
admin-ticket-none = none
admin-ticket-unknown = I know no such ticket.
admin-report = 🚩 { $from } reports order { $id } ({ $status }).
button-answer = 💬 Answer
button-refund = ↩️ Refund { $what } ({ $id })
button-stop = 🗑 Stop and erase
admin-answer-ask = Send your answer to ticket { $id } in one message, and I pass it on. /cancel if you would rather not.
admin-answer-again = It was answered before; the person gets yours as well.
admin-answer-sent = ✅ Your answer to ticket { $id } is on its way.
admin-answer-erased = This person has erased their data: nobody is left to receive it.
admin-stop = { $outcome ->
    [erased] Stopped and erased. The person is told. { $messages ->
        [0] The chat keeps its messages.
       *[other] Its messages are out of the chat.
    }
    [already] It was erased before.
    [busy] A step of this order is under way this moment. Tap again in a few seconds.
   *[not_found] I know no such order.
}
admin-user-unknown = I have not seen { $user }. They need to write to me once.
admin-alert =
    ⚠️ { $alert ->
        [pixverse_auth] PixVerse refuses our key.
        [pixverse_out_of_credits] PixVerse says that our credits are used up. Orders are given back.
        [pixverse_unknown_code] PixVerse answered something unknown. The order was given back.
        [pixverse_refused] PixVerse refused a request of ours. The order was given back.
        [pixverse_slots] PixVerse refused a slot for 15 minutes. The order was given back.
        [submit_given_up] PixVerse did not answer often enough. The order was given back.
        [order_timeout] A generation did not finish within 30 minutes. The order was given back.
        [order_given_up] An order failed again and again. It was given back.
        [payment_mismatch] A payment did not fit its checkout. It goes back where that is possible.
        [payment_unknown] A payment came that belongs to no checkout of ours. /refund gives it back.
        [payment_overpaid] More was paid than asked for. The order goes on.
        [invoice_refused] An invoice was refused by the payment service.
        [refund_refused] A refund was refused. The credits stay with the person.
        [refund_stuck] A refund fails again and again. It is tried further.
        [pixverse_low_credits] PixVerse credits run low.
        [sales_paused] PixVerse credits are used up: sales pause until there are more.
        [sales_resumed] There are PixVerse credits again: sales go on.
        [books_open] The books do not close. Run npm run verify-books.
       *[internal_error] An order hit an unexpected error and is tried again.
    }
    { $detail }

## Statistics, for admins

stats-usage = /stats [days], from 1 to { $max } days; 7 unless you say otherwise.
stats-legend =
    Above: 🎬 videos made, ⏱ the usual time to make one, ✅ success, ⭐ newcomers who paid. Middle: videos by day ({ $colors }, ⚪ failed). Below: how long videos took (line: half of them, area: nine in ten), and who paid by the quality that stood first.
stats-title = 📊 { $from } – { $to } (UTC)
stats-summary-title = 📊 Yesterday, { $day } (UTC)
stats-videos = 🎬 Videos made: { $made }{ $gifts ->
    [0] {""}
    [one] , one of them a late gift
   *[other] , { $gifts } of them late gifts
}
stats-success = ✅ Success: { $rate } ({ $failed } failed)
stats-times = ⏱ Making one: { $mean } on average, half within { $p50 }, nine in ten within { $p90 }
stats-conversion = ⭐ Started → paid: { $paid } of { $started } ({ $rate })
stats-revenue = 💰 { $net } from { $payments ->
    [one] one payment
   *[other] { $payments } payments
}: { $perVideo } per video made
stats-refunds = ↩️ { $refunds ->
    [one] One refund
   *[other] { $refunds } refunds
}: { $amount }
stats-more-currencies = … and { $count } more { $count ->
    [one] currency
   *[other] currencies
}
stats-no-revenue = 💰 No payments
stats-variant = { $sign } { $name }: { $made } made, { $failed } failed ({ $rate }), { $paid } of { $queued } orders paid
stats-variant-times = { $mean } on average, { $p50 } / { $p90 }
stats-variant-revenue = { $net }, { $perVideo } per video
stats-offers = Which quality stood first:
stats-offer = { $sign } { $name }: { $paid } of { $started } paid ({ $rate })
stats-days = By day (made by quality, ✖️ failed, half / nine in ten within):
stats-days-last = The last { $days } days (made by quality, ✖️ failed, half / nine in ten within):
stats-day = { $day }  { $counts }  { $times }
stats-none = –
