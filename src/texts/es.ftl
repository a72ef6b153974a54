# Todas las frases que lee una persona, en español. Texto sin formato; las claves y los huecos son los de en.ftl.

language-name = Español

## Nombres que muestra la plataforma

bot-description =
    🤗 Dos fotos entran, un abrazo de verdad sale.

    Envíame una foto de cada persona y hago un vídeo realista en el que se abrazan.
bot-short-description = Dos fotos entran, un vídeo de un abrazo realista sale.
command-start = Empezar
command-hug = Hacer un vídeo de un abrazo
command-videos = Mis vídeos
command-price = Cuánto cuesta
command-balance = Mis créditos
command-buy = Comprar créditos
command-currency = Cambiar la moneda
command-language = Cambiar el idioma
command-help = Cómo funciona
command-cancel = Cancelar lo que empecé
command-terms = Condiciones
command-privacy = Qué pasa con mis fotos
command-paysupport = Ayuda con un pago
command-delete_my_data = Borrar mis datos

## Nombres de las variantes

variant-name = { $variant ->
    [premium] Abrazo Full HD
    [standard] Abrazo estándar
   *[other] { $variant }
}
variant-hint = { $variant ->
    [premium] 1080p, el más realista
    [standard] 720p, más ligero para compartir
   *[other] { $variant }
}

## Inicio y ayuda

start =
    🤗 Dos fotos entran, un abrazo de verdad sale.

    Envíame una foto de cada persona y hago un vídeo corto y realista en el que se abrazan.
start-free = 🎁 Tu primer vídeo es gratis.
button-start = 🤗 Hacer un vídeo
ask-photos =
    Envíame dos fotos, una de cada persona: una después de otra o las dos a la vez, como foto o como archivo.

    Sale mejor con una sola cara por foto, bien iluminada y del pecho hacia arriba.
help =
    Cómo funciona:
    1. Envía una foto de cada persona (JPG, PNG o WebP, hasta 20 MB).
    2. Mira la vista previa. Puedes intercambiar o cambiar las fotos.
    3. Elige la calidad. Hago el vídeo y te lo envío aquí.

    /hug  empezar
    /videos  todos tus vídeos
    /price  cuánto cuesta
    /buy y /balance  créditos
    /cancel  dejar lo que empezaste
    /language  cambiar el idioma
    /terms y /privacy  las condiciones y qué pasa con tus fotos
    /paysupport  ayuda con un pago
    /delete_my_data  borrar todo lo tuyo
operator-line = Servicio de { $name }.
support-line = ¿Preguntas? { $contact }
group-hint = Hago los vídeos en un chat privado, porque las fotos son personales: { $link }

## Fotos

photo-rejected-empty = Ese archivo está vacío. Envía la foto otra vez, por favor.
photo-rejected-too_large = Ese archivo pesa más de 20 MB. Envíalo como foto en vez de archivo, o uno más pequeño.
photo-rejected-too_many_pixels = Esa imagen tiene más de 25 megapíxeles. Envíala como foto en vez de archivo: la aplicación la reduce.
photo-rejected-too_small = Esa foto es demasiado pequeña: el lado corto necesita al menos 300 píxeles. Envía una más grande, por favor.
photo-rejected-too_narrow = Esa foto es demasiado larga y estrecha. Recórtala un poco o envía otra, por favor.
photo-rejected-heic = Es una imagen HEIC y no puedo leerla. Envíala como foto en vez de archivo y la aplicación la convierte.
photo-rejected-gif = Es un GIF o un clip. Envía una foto JPG, PNG o WebP, por favor.
photo-rejected-video = Es un vídeo. Necesito una foto: JPG, PNG o WebP.
photo-rejected-pdf = Es un PDF. Envía la foto misma, por favor: JPG, PNG o WebP.
photo-rejected-other_picture = No puedo leer este tipo de imagen. Envía una JPG, PNG o WebP, por favor.
photo-rejected-not_a_picture = Ese archivo no es una imagen. Envía una foto JPG, PNG o WebP, por favor.
photo-rejected-broken = No pude abrir esa foto; parece dañada. Envíala otra vez o elige otra, por favor.
photos-too-fast = Han sido muchas fotos de golpe y esta la he dejado fuera. Espera un minuto, por favor.
photos-stay = Sigo teniendo tus dos fotos.
photo-stays = Tu otra foto está a salvo, la sigo teniendo.
photo-unfetched = No pude recoger esa foto del chat. Envíala una vez más, por favor.
photo-declined-moderated = { $position ->
    [1] La primera foto
   *[2] La segunda foto
} ha sido rechazada por las normas de contenido del servicio de vídeo. Aún necesito otra foto de esa persona.
photo-declined-photo = El servicio de vídeo no puede usar { $position ->
    [1] la primera foto
   *[2] la segunda foto
}. Aún necesito otra foto de esa persona.
photo-declined-reupload = El servicio de vídeo no ha podido leer { $position ->
    [1] la primera foto
   *[2] la segunda foto
}. Aún necesito otra foto de esa persona.
extra-photo = Uso las dos primeras fotos. Para cambiar una, toca «Cambiar» abajo.
not-a-photo = Solo puedo trabajar con fotos. Envía una foto, por favor: JPG, PNG o WebP.
not-a-photo-one = Tengo una foto. Ahora necesito una foto de la otra persona.
not-a-photo-choose = Tengo las dos fotos. Elige la calidad con los botones de arriba, o /cancel.
not-a-photo-replacing = Espero la nueva foto { $position }. Envíala o pulsa «Dejar las dos» arriba.
not-a-photo-consent = Ya tengo las dos fotos. Pulsa «Confirmo» arriba, o /cancel.
not-a-photo-pay = Ya tengo las dos fotos. Paga con la factura de arriba y empiezo, o /cancel.
not-a-photo-idle = Envíame dos fotos para empezar, o /help para ver cómo funciona.

## La tarjeta

card-one-photo-2 =
    ✅ Ya tengo la foto 1 de 2.

    Ahora envía una foto de la otra persona.
card-one-photo-1 =
    ✅ Ya tengo la foto 2 de 2.

    Ahora envía otra vez la foto 1.
card-consent =
    ✅ 2 de 2. Antes de empezar, confirma, por favor:

    • Puedo usar estas fotos, y a las personas que aparecen les parecería bien.
    • No aparece ningún menor de forma romántica.
    • Sé que el vídeo lo hace una IA y que las fotos se envían al servicio de vídeo PixVerse para hacerlo.

    Las fotos se borran { $hours ->
        [0] en cuanto termina el pedido
        [one] una hora después de terminar el pedido
       *[other] { $hours } horas después de terminar el pedido
    }.
card-choose =
    ✅ 2 de 2. ¿Qué vídeo hago?
card-choose-replacing =
    Envía la nueva foto { $position }.
card-awaiting = 💳 { $name }: paga { $price } con la factura de abajo.
card-balance = Tienes { $credits ->
    [one] un crédito
   *[other] { $credits } créditos
}.
card-queued =
    🕐 Eres el número { $position } de la cola.
card-queued-next =
    🕐 Eres el siguiente de la cola.
card-queued-wait = Empieza en unos { $time }.
card-making =
    🎬 Haciendo tu vídeo

    { $bar } { $percent } %
card-making-left = Quedan unos { $time }.
card-making-late = Tarda más de lo normal. Sigo pendiente; no tienes que hacer nada.
card-uploading =
    📤 Tu vídeo está hecho. Subiendo …

    { $bar }
card-cancelled = Cancelado.
card-expired = Este pedido quedó parado un día, así que lo cerré. No se cobró nada.
money-free_returned = Tu vídeo gratis sigue siendo tuyo.
money-free_used_up = Tus intentos gratis se han agotado.
money-payment_due = Tus { $price } están volviendo a ti.
money-payment_returned = Tus { $price } ya te han sido devueltos.
money-payment_as_credits = Desde aquí no se pueden devolver tus { $price }, así que tienes { $credits ->
    [one] un crédito
   *[other] { $credits } créditos
} a cambio: mira /balance. Escribe a /paysupport si quieres otra cosa.
money-credits_returned = Tus créditos ya han vuelto.
money-nothing_taken = No se ha cobrado nada.

button-agree = ✅ Confirmo
button-offer = { $name } · { $price }
button-swap = 🔄 Intercambiar
button-replace = 🖼 Cambiar { $position }
button-keep = ↩️ Dejar las dos
button-cancel = ✖️ Cancelar
button-retry = 🔁 Otra vez con las mismas fotos
button-new = 🤗 Otro abrazo
price-free = gratis
price-credits = { $credits ->
    [one] un crédito
   *[other] { $credits } créditos
}
duration-seconds = { $seconds } s
duration-minutes = { $minutes } min

failed = 😔 No ha funcionado.
failed-moderated = El servicio de vídeo rechazó estas fotos por sus normas de contenido. Con otras fotos puede funcionar.
failed-photo_refused = El servicio de vídeo no pudo usar una de las fotos. Empieza otra vez con otras fotos, por favor.
failed-generation_failed = El servicio de vídeo lo intentó dos veces y falló.
failed-timeout = Tardó demasiado, así que dejé de esperar. Si el vídeo llega todavía, es un regalo para ti.
failed-upstream_unavailable = Ahora mismo no se puede contactar con el servicio de vídeo. Inténtalo un poco más tarde, por favor.
failed-upstream_refused = El servicio de vídeo rechazó este pedido. Ya lo sabemos y lo estamos mirando.
failed-out_of_pixverse_credits = Ahora mismo no podemos hacer vídeos. Ya lo sabemos y lo estamos arreglando.
failed-undeliverable = No pude entregar el vídeo a tiempo.
failed-removed = Se detuvo tras un aviso.
failed-internal = Algo falló por nuestra parte. Ya lo sabemos y lo estamos mirando.

## Elegir

busy = Un vídeo cada vez: el tuyo todavía se está haciendo. Toca otra vez en cuanto llegue.
payment-due =
    { $why ->
        [used_up] Tu vídeo gratis ya está usado.
        [off] Buena elección.
        [failures_used_up] Tus intentos gratis se han agotado.
        [budget_used_up] Los vídeos gratis de hoy ya están repartidos; mañana hay más.
       *[other] Este vídeo no es gratis.
    } Paga con la factura de abajo y empiezo.
invoice-there = La factura ya está aquí, debajo de la imagen. Págala y empiezo.
invoice-failed = No he podido crear la factura y no se ha cobrado nada. Ya nos han avisado. Inténtalo de nuevo un poco más tarde.
invoice-video-description = Un vídeo en { $resolution } de { $seconds } segundos en el que os abrazáis. Si no se puede hacer, el dinero vuelve solo.
invoice-video-description-credits = Un vídeo en { $resolution } de { $seconds } segundos en el que os abrazáis. Si no se puede hacer, recibes { $credits } créditos para otro.
invoice-pack-title = { $credits } créditos
invoice-pack-description = { $credits } créditos para vídeos de abrazos. No caducan.
pay-refused-unknown = Esta factura ya no es nuestra. Usa /hug para empezar de nuevo.
pay-refused-not_owner = Esta factura es de otra persona. Usa /hug para hacer tu propio vídeo.
pay-refused-paid = Esto ya está pagado. No tienes que hacer nada.
pay-refused-closed = Esta factura está cerrada. Usa /hug o /buy para una nueva; no se ha cobrado nada.
pay-refused-changed = El precio de esta factura ya no es actual. Usa /hug o /buy para una nueva; no se ha cobrado nada.
pay-refused-busy = Un vídeo a la vez: el tuyo aún se está haciendo. Paga cuando haya llegado.
pay-refused-photos = Falta una foto. Envíala primero y paga después; no se ha cobrado nada.
pay-refused-paused = Ahora mismo no podemos hacer vídeos, así que no cobramos. Inténtalo más tarde.
pay-refused-trouble = Algo ha fallado por nuestra parte y no se ha cobrado nada. Inténtalo de nuevo en un momento.
sales-paused = Ahora mismo no podemos hacer vídeos. No se ha cobrado nada y tus fotos siguen aquí. Inténtalo más tarde.
rate-limited = Eso ha ido un poco rápido. Espera un minuto y vuelve a pulsar.
person-paused = El servicio de vídeo ha rechazado varias de tus fotos, así que tengo que hacer una pausa. Puedes seguir a partir del { $until }.
consent-first = Primero confirma, por favor, con el botón de la imagen.
photos-first = Primero necesito dos fotos.
photos-erased = Ya no guardo esas fotos: se borran por tu privacidad. Envíalas otra vez, por favor.
too-late-to-cancel = Es tarde para cancelar: PixVerse ya está haciendo el vídeo. Llega aquí en breve.
nothing-to-cancel = No hay nada que cancelar.
order-running = Ya estoy en ello.
over = Esto ya terminó. Usa /hug para empezar de nuevo.
not-yours = Este botón es de otra persona.
unknown-button = Ya no conozco este botón. Usa /hug para empezar de nuevo.
replacing-hint = Ahora envía la nueva foto { $position }.
done = Hecho.

## El vídeo

caption =
    🤗 { $name }
    Hecho con IA
caption-gift =
    🎁 { $name }
    Hecho con IA. Llegó tarde, así que es un regalo.
video-ready = 🎉 Tu vídeo está listo, justo arriba. ¡Disfruta del abrazo!
video-ready-gift = 🎁 El vídeo que dábamos por perdido ha llegado. Es tuyo, sin coste.
button-again = 🔁 Otra vez
button-other-quality = ✨ Otra calidad
button-share = 📣 Compartir
button-report = 🚩 Denunciar
share-text = Dos fotos entran, un abrazo de verdad sale 🤗
videos-title = Tus vídeos ({ $total }):
videos-none = Todavía no tienes vídeos. Envíame dos fotos para hacer el primero.
videos-item = { $date } · { $name }
videos-gone = Este vídeo se borró.

## Precio e idioma

price-title = Cuánto cuesta un vídeo:
price-line = • { $name } ({ $hint }): { $price } o { $credits ->
    [one] un crédito
   *[other] { $credits } créditos
}
price-local = unos { $price }
price-free-left = 🎁 Tu primer vídeo es gratis, en cualquier calidad.
price-more = /buy vende paquetes de créditos con descuento; /currency cambia la moneda.
price-balance = Tienes { $credits ->
    [one] un crédito
   *[other] { $credits } créditos
}.
language-choose = ¿En qué idioma hablo?
language-set = Ahora hablo español.

## Condiciones y privacidad

terms =
    En breve:
    • Puedes usar las fotos que envías, y las personas que aparecen están de acuerdo.
    • Nada de menores en escenas románticas, nada sexual, nadie ridiculizado.
    • El vídeo lo hace una IA y lo dice.
    • Si un vídeo no se puede hacer, lo que gastaste vuelve sin pedirlo.
    • El soporte de Telegram no puede ayudar con las compras de este bot; nosotros sí.
terms-link = Condiciones completas: { $url }
privacy =
    En breve:
    • Guardo tus fotos y las envío a PixVerse, el servicio que hace el vídeo.
    • Las fotos se borran { $hours ->
        [0] en cuanto termina el pedido
        [one] una hora después de terminar el pedido
       *[other] { $hours } horas después de terminar el pedido
    }, los vídeos tras { $days ->
        [one] un día
       *[other] { $days } días
    }.
    • La ubicación y otros datos dentro del archivo se quitan antes de nada.
    • Guardo tu identificador, tu nombre y tu idioma para poder escribirte, y la lista de tus pedidos.
    • /delete_my_data lo borra todo.
privacy-link = Política de privacidad completa: { $url }

## Créditos

credits-granted = 🎁 Te han dado { $credits ->
    [one] un crédito
   *[other] { $credits } créditos
}. Ahora tienes { $balance }.
credits-revoked = { $credits ->
    [one] Se retiró un crédito
   *[other] Se retiraron { $credits } créditos
}. Ahora tienes { $balance }.
credits-reason = Motivo: { $reason }

## Compras

buy-title = Con créditos haces vídeos, ahora o más tarde: un Abrazo Full HD cuesta 5, un Abrazo Estándar 3. No caducan.
button-pack = { $credits } créditos · { $price }
credits-bought = ✅ { $credits } créditos son tuyos. Ahora tienes { $balance }.
payment-late = Tu pago llegó después de cerrarse el pedido, así que se ha convertido en { $credits } créditos. Ahora tienes { $balance }; /hug los usa.
payment-surplus =
    Esto ya estaba pagado. { $back ->
        [yes] Tu segundo pago de { $price } vuelve a ti.
       *[other] Tu segundo pago de { $price } se ha convertido en créditos: mira /balance.
    }
payment-mismatch =
    Tu pago de { $price } no corresponde a su factura. { $back ->
        [yes] Vuelve a ti.
       *[other] Ya nos han avisado y lo arreglamos: mira /balance.
    }
payment-returned = 💸 { $price } han vuelto a ti.
payment-kept = No se han podido devolver { $price }, así que tienes { $credits } créditos a cambio. Escribe a /paysupport si prefieres otra cosa.
balance = Tienes { $credits ->
    [one] un crédito
   *[other] { $credits } créditos
}.
balance-none = Aún no hay movimientos. /buy vende créditos.
balance-entry = { $date }  { $delta }  { $what }
entry-purchase = pagado
entry-order_spend = vídeo pedido
entry-order_return = vídeo devuelto
entry-admin_grant = un regalo
entry-admin_revoke = retirado
entry-payment_refund = pago devuelto
entry-refund_kept = el pago no se pudo devolver
currency-now = Tu moneda es { $currency }: un Abrazo Full HD cuesta { $price }.
currency-stars = Aquí se paga con Telegram Stars; la moneda sirve para el precio aproximado que muestro. Elige otra o envía por ejemplo /currency EUR.
currency-local = Elige otra o envía por ejemplo /currency EUR.
currency-set = Los precios están ahora en { $currency }: un Abrazo Full HD cuesta { $price }.
currency-too-soon = Cambiaste a una moneda más barata hace menos de 90 días. Tu moneda sigue igual; /paysupport ayuda si te has mudado.
currency-instead = Aquí no se puede cobrar en { $wanted }, así que el precio está en { $used }.

## Ayuda

support-ask = Cuéntame en un solo mensaje qué ha ido mal y lo paso. /cancel si no era nada.
support-too-long = Es demasiado largo para pasarlo. Dilo en { $max } caracteres como máximo, por favor.
support-too-many = Has escrito { $max } veces en una hora. Lo tenemos todo y respondemos aquí; espera un poco antes de volver a escribir, por favor.
support-nobody = No puedo pasar ningún mensaje: aquí no hay nadie que lo lea.
support-contact = También puedes escribir a { $contact }.
support-received = ✅ Tu mensaje ha llegado y respondemos aquí. El soporte de Telegram no puede ayudar con las compras de este bot.
support-answer =
    💬 Respuesta del soporte:

    { $text }
prompt-dropped = De acuerdo, ya no lo espero.
report-thanks = Gracias. Ya nos han avisado y lo miramos.
report-already = Ya lo habías denunciado. Lo estamos mirando.
video-removed = Un vídeo tuyo se ha retirado tras un aviso, y sus fotos se han borrado. Si crees que es un error, escribe a /paysupport.
order-removed = Tu pedido se ha detenido tras un aviso, y sus fotos se han borrado. Lo que gastaste en él se devuelve: mira /balance. Si crees que es un error, escribe a /paysupport.

## Borrado

erase-ask =
    ¿Borro tus datos?

    Se borran enseguida: tus fotos, tus vídeos, lo que nos escribiste, tu nombre y el identificador de tu cuenta. Un pedido que solo has empezado se cancela.

    Se queda: los pagos y créditos como cifras que no son de nadie, porque las cuentas deben cuadrar; y una huella de tu cuenta que nadie puede leer, para que borrar no traiga otro vídeo gratis.

    Lo que no puedo borrar: los mensajes de este chat y de los chats de nuestro soporte, lo que PixVerse tiene de tus fotos y vídeos, y nuestras copias de seguridad, que desaparecen a los 7 días como mucho.
erase-credits = Perderías { $credits ->
    [one] un crédito
   *[other] { $credits } créditos
} para siempre.
button-erase = 🗑 Borrarlo todo
erase-at_pixverse = Ahora mismo se está haciendo un vídeo tuyo. Envía /delete_my_data otra vez cuando esté aquí.
erase-money_on_its_way = Hay dinero tuyo de vuelta en camino y necesita tu cuenta para encontrarte. Envía /delete_my_data otra vez dentro de un momento, por favor.
erase-stale = Esa pregunta es demasiado antigua. Envía /delete_my_data otra vez, por favor.
erase-done = ✅ Hecho: tus datos se han borrado. Lo que queda es este chat; puedes borrarlo en la aplicación. /start empieza de nuevo, como si no nos hubiéramos visto nunca.

## Problemas

apology = Perdona, algo falló por mi parte. Inténtalo una vez más, por favor.

## Para administradores

admin-only = Ese comando es para administradores.
admin-credits-usage =
    /credits balance
    /credits show <usuario>
    /credits grant <usuario> <n> [motivo]
    /credits revoke <usuario> <n> [motivo]

    <usuario> es me, un id, telegram:<id>, discord:<id> o un @nombre que yo haya visto.
admin-credits-pixverse = Cuenta de PixVerse: { $credits } créditos.
admin-credits-pixverse-failed = PixVerse no dijo el saldo ({ $code }).
admin-credits-show = { $user } tiene { $balance ->
    [one] un crédito
   *[other] { $balance } créditos
}.
admin-credits-entry = { $date }  { $delta }  { $kind } { $detail }
admin-credits-none = Todavía no hay nada anotado.
admin-credits-done = Anotado { $delta } para { $user }. Saldo: { $balance }.
admin-credits-repeat = Eso ya estaba anotado. Saldo: { $balance }.
admin-credits-overdrawn = { $user } solo tiene { $balance }.
admin-credits-amount = El número de créditos debe ser un entero de 1 a { $max }.
admin-refund-usage = /refund <pedido o pago> [motivo]
admin-refund = { $outcome ->
    [due] Vuelve a la persona ahora.
    [credits_returned] Los créditos han vuelto a la persona.
    [already] Eso ya se había devuelto.
    [not_refundable] Este servicio de pago no puede devolver dinero desde aquí. Los créditos quedan con la persona; devuélvelo en el proveedor.
    [nothing_paid] No se pagó nada por este pedido.
    [running] Este pedido se está haciendo ahora mismo. Devuélvelo cuando haya terminado.
    [spent] Los créditos de este pago ya se gastaron: la persona solo tiene { $balance }.
   *[not_found] No conozco ningún pedido ni pago con este identificador.
}
admin-ticket = 📨 { $from } escribe (consulta { $id }):
admin-ticket-orders = Pedidos:
admin-ticket-payments = Pagos:
admin-ticket-none = ninguno
admin-ticket-unknown = No conozco esa consulta.
admin-report = 🚩 { $from } denuncia el pedido { $id } ({ $status }).
button-answer = 💬 Responder
button-refund = ↩️ Devolver { $what } ({ $id })
button-stop = 🗑 Detener y borrar
admin-answer-ask = Envía tu respuesta a la consulta { $id } en un solo mensaje y la paso. /cancel si prefieres no hacerlo.
admin-answer-again = Ya se había respondido; la persona recibe también la tuya.
admin-answer-sent = ✅ Tu respuesta a la consulta { $id } está en camino.
admin-answer-erased = Esta persona ha borrado sus datos: ya no queda nadie que lo reciba.
admin-stop = { $outcome ->
    [erased] Detenido y borrado. La persona lo sabe. { $messages ->
        [0] El chat conserva sus mensajes.
       *[other] Sus mensajes están fuera del chat.
    }
    [already] Ya se había borrado.
    [busy] Un paso de este pedido está en curso ahora mismo. Toca otra vez en unos segundos.
   *[not_found] No conozco ese pedido.
}
admin-user-unknown = No he visto a { $user }. Tiene que escribirme una vez.
admin-alert =
    ⚠️ { $alert ->
        [pixverse_auth] PixVerse rechaza nuestra clave.
        [pixverse_out_of_credits] PixVerse dice que nuestros créditos se acabaron. Los pedidos se devuelven.
        [pixverse_unknown_code] PixVerse respondió algo desconocido. El pedido se devolvió.
        [pixverse_refused] PixVerse rechazó una petición nuestra. El pedido se devolvió.
        [pixverse_slots] PixVerse negó un hueco durante 15 minutos. El pedido se devolvió.
        [submit_given_up] PixVerse no respondió a tiempo. El pedido se devolvió.
        [order_timeout] Una generación no terminó en 30 minutos. El pedido se devolvió.
        [order_given_up] Un pedido falló una y otra vez. Se devolvió.
        [payment_mismatch] Un pago no correspondía a su factura. Se devuelve donde es posible.
        [payment_unknown] Ha llegado un pago que no pertenece a ninguna factura nuestra. /refund lo devuelve.
        [payment_overpaid] Se ha pagado más de lo pedido. El pedido sigue.
        [invoice_refused] El servicio de pago ha rechazado una factura.
        [refund_refused] Se ha rechazado una devolución. Los créditos quedan con la persona.
        [refund_stuck] Una devolución falla una y otra vez. Se sigue intentando.
        [pixverse_low_credits] Quedan pocos créditos de PixVerse.
        [sales_paused] Los créditos de PixVerse se han agotado: las ventas se detienen hasta que haya más.
        [sales_resumed] Vuelve a haber créditos de PixVerse: las ventas siguen.
        [books_open] Las cuentas no cuadran. Ejecuta npm run verify-books.
       *[internal_error] Un pedido tuvo un error inesperado y se intenta otra vez.
    }
    { $detail }

## Estadísticas, para administradores

stats-usage = /stats [días], de 1 a { $max } días; 7 si no dices otra cosa.
stats-legend =
    Arriba: 🎬 vídeos hechos, ⏱ lo que se tarda normalmente, ✅ éxito, ⭐ recién llegados que pagaron. En medio: vídeos por día ({ $colors }, ⚪ fallidos). Abajo: cuánto tardaron los vídeos (línea: la mitad; zona: nueve de cada diez) y quién pagó según la calidad que aparecía primero.
stats-title = 📊 { $from } – { $to } (UTC)
stats-summary-title = 📊 Ayer, { $day } (UTC)
stats-videos = 🎬 Vídeos hechos: { $made }{ $gifts ->
    [0] {""}
    [one] , uno de ellos regalado por llegar tarde
   *[other] , { $gifts } de ellos regalados por llegar tarde
}
stats-success = ✅ Éxito: { $rate } ({ $failed } fallidos)
stats-times = ⏱ Hacer uno: { $mean } de media, la mitad en { $p50 }, nueve de cada diez en { $p90 }
stats-conversion = ⭐ Empezaron → pagaron: { $paid } de { $started } ({ $rate })
stats-revenue = 💰 { $net } de { $payments ->
    [one] un pago
   *[other] { $payments } pagos
}: { $perVideo } por vídeo hecho
stats-refunds = ↩️ { $refunds ->
    [one] Una devolución
   *[other] { $refunds } devoluciones
}: { $amount }
stats-more-currencies = … y { $count } { $count ->
    [one] moneda más
   *[other] monedas más
}
stats-no-revenue = 💰 Ningún pago
stats-variant = { $sign } { $name }: { $made } hechos, { $failed } fallidos ({ $rate }), { $paid } de { $queued } pedidos pagados
stats-variant-times = { $mean } de media, { $p50 } / { $p90 }
stats-variant-revenue = { $net }, { $perVideo } por vídeo
stats-offers = Qué calidad aparecía primero:
stats-offer = { $sign } { $name }: { $paid } de { $started } pagaron ({ $rate })
stats-days = Por día (hechos por calidad, ✖️ fallidos, la mitad / nueve de cada diez en):
stats-days-last = Los últimos { $days } días (hechos por calidad, ✖️ fallidos, la mitad / nueve de cada diez en):
stats-day = { $day }  { $counts }  { $times }
stats-none = –
