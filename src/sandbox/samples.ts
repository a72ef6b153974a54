// Two sample portraits that the project draws itself, so that nobody needs photos to try it.

import sharp from 'sharp';

const SIZE = { width: 900, height: 1120 };

interface Look {
  background: [string, string];
  skin: string;
  shade: string;
  hair: string;
  shirt: [string, string];
  /** Hair behind the head and above the face, as SVG. */
  hairBack: string;
  hairFront: string;
  extra: string;
}

const ADA: Look = {
  background: ['#ffe3c9', '#f7b5a4'],
  skin: '#f1c6a4',
  shade: '#dfa783',
  hair: '#6b3a24',
  shirt: ['#e2557b', '#b93a63'],
  hairBack:
    '<path d="M236 470 C220 240 330 150 450 150 C570 150 680 240 664 470 C660 620 700 720 690 800 C640 850 560 830 540 780 L360 780 C340 830 260 850 210 800 C200 720 240 620 236 470 Z"/>',
  hairFront:
    '<path d="M286 430 C280 300 360 220 452 222 C548 222 626 300 616 440 C596 380 560 340 520 322 C470 372 380 392 286 430 Z"/>',
  extra:
    '<circle cx="292" cy="560" r="12" fill="#f6d365"/><circle cx="608" cy="560" r="12" fill="#f6d365"/>',
};

const BEN: Look = {
  background: ['#cfe6f5', '#a9bfe8'],
  skin: '#c98d63',
  shade: '#a96f49',
  hair: '#221a1a',
  shirt: ['#3f7d6e', '#2b5c50'],
  hairBack: '<path d="M270 430 C260 250 350 170 450 170 C550 170 640 250 630 430 Z"/>',
  hairFront:
    '<path d="M280 420 C270 280 350 200 450 198 C550 200 630 280 620 420 C604 350 570 318 540 312 C500 330 400 330 360 312 C330 318 296 350 280 420 Z"/>' +
    '<path d="M300 600 C304 720 372 800 450 802 C528 800 596 720 600 600 C584 660 560 690 530 676 C500 660 400 660 370 676 C340 690 316 660 300 600 Z" opacity="0.9"/>',
  extra:
    '<g fill="none" stroke="#30343f" stroke-width="9"><circle cx="368" cy="500" r="54"/><circle cx="532" cy="500" r="54"/><path d="M422 494 Q450 482 478 494"/></g>',
};

function portrait(look: Look): string {
  const { width, height } = SIZE;
  const eye = (x: number) =>
    `<ellipse cx="${x}" cy="502" rx="20" ry="24" fill="#ffffff"/>` +
    `<circle cx="${x}" cy="504" r="14" fill="#3b2a22"/><circle cx="${x + 5}" cy="498" r="5" fill="#ffffff"/>`;
  const brow = (x: number) =>
    `<path d="M${x - 34} 444 Q${x} 424 ${x + 34} 444" fill="none" stroke="${look.hair}" stroke-width="11" stroke-linecap="round"/>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    '<defs>' +
    `<radialGradient id="b" cx="0.5" cy="0.4" r="0.8"><stop offset="0" stop-color="${look.background[0]}"/>` +
    `<stop offset="1" stop-color="${look.background[1]}"/></radialGradient>` +
    `<linearGradient id="s" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${look.shirt[0]}"/>` +
    `<stop offset="1" stop-color="${look.shirt[1]}"/></linearGradient></defs>` +
    `<rect width="${width}" height="${height}" fill="url(#b)"/>` +
    `<g fill="${look.hair}">${look.hairBack}</g>` +
    '<path d="M100 1120 C110 930 250 860 390 830 L510 830 C650 860 790 930 800 1120 Z" fill="url(#s)"/>' +
    `<path d="M385 720 L385 830 C400 890 500 890 515 830 L515 720 Z" fill="${look.shade}"/>` +
    `<ellipse cx="288" cy="520" rx="26" ry="44" fill="${look.shade}"/>` +
    `<ellipse cx="612" cy="520" rx="26" ry="44" fill="${look.shade}"/>` +
    `<path d="M290 470 C290 300 370 250 450 250 C530 250 610 300 610 470 C610 650 540 780 450 780 C360 780 290 650 290 470 Z" fill="${look.skin}"/>` +
    `<g fill="${look.hair}">${look.hairFront}</g>` +
    eye(368) +
    eye(532) +
    brow(368) +
    brow(532) +
    `<path d="M450 520 Q470 590 446 604 Q436 608 426 602" fill="none" stroke="${look.shade}" stroke-width="10" stroke-linecap="round"/>` +
    '<path d="M376 652 Q450 734 524 652 Q450 676 376 652 Z" fill="#ffffff" stroke="#a5413f" stroke-width="8" stroke-linejoin="round"/>' +
    '<circle cx="330" cy="610" r="32" fill="#e2557b" opacity="0.18"/><circle cx="570" cy="610" r="32" fill="#e2557b" opacity="0.18"/>' +
    `${look.extra}</svg>`
  );
}

function draw(look: Look): Promise<Buffer> {
  return sharp(Buffer.from(portrait(look)))
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** Two friendly faces, JPEG, 900 × 1120. */
export async function drawSamples(): Promise<[Buffer, Buffer]> {
  return Promise.all([draw(ADA), draw(BEN)]);
}
