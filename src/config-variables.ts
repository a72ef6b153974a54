// Every environment variable: its default, unit and meaning. `.env.example` is compared with this table by a test.

export interface Variable {
  name: string;
  /** Used when it is not set; absent means that there is none. */
  default?: string;
  isSecret?: boolean;
  /** One line for `.env.example` and the remedy of a fault. */
  about: string;
}

/** Every variable, in the order of `.env.example`. */
export const VARIABLES: readonly Variable[] = [
  { name: 'NODE_ENV', about: '`production` forbids the sandbox and writes the log as JSON' },
  { name: 'HOST', default: '127.0.0.1', about: 'address the HTTP server listens on' },
  { name: 'PORT', default: '3000', about: 'port of the HTTP server, 0 to 65535' },
  { name: 'PUBLIC_URL', about: 'https origin of this server as the outside sees it, for webhooks' },
  {
    name: 'DATABASE_URL',
    default: 'file:./data/hug.db',
    about: 'embedded SQLite, `file:` and a path',
  },
  { name: 'DATA_DIR', default: './data', about: 'folder of video files and backups' },
  { name: 'VIDEO_KEEP_DAYS', default: '30', about: 'days that finished videos are kept' },
  {
    name: 'PHOTO_KEEP_HOURS',
    default: '24',
    about: 'hours that photos are kept after their order ended',
  },
  {
    name: 'FFMPEG_PATH',
    default: 'ffmpeg',
    about: 'ffmpeg command, for stills and for making a video smaller',
  },
  { name: 'OPERATOR_NAME', about: 'who runs this, shown in /terms, /privacy and /help' },
  { name: 'SUPPORT_CONTACT', about: 'where people get help: an @name, an address or a link' },
  { name: 'TERMS_URL', about: 'https address of the full terms' },
  { name: 'PRIVACY_URL', about: 'https address of the full privacy policy' },
  { name: 'EXAMPLE_VIDEO', about: 'path of an MP4 that /start shows as an example' },
  {
    name: 'LOG_LEVEL',
    default: 'info',
    about: 'one of trace, debug, info, warn, error, fatal, silent',
  },
  {
    name: 'ADMIN_IDS',
    about: 'who may use admin commands: `telegram:<user id>,discord:<user id>,…`',
  },
  { name: 'FREE_VIDEOS', default: '1', about: 'free videos per new person; 0 switches them off' },
  {
    name: 'FREE_DAILY_BUDGET',
    default: '200',
    about: 'free orders per UTC day over all people',
  },
  {
    name: 'FREE_FAILURES',
    default: '3',
    about: 'free tries that a person may lose to failures',
  },
  { name: 'PIXVERSE_API_KEY', isSecret: true, about: 'key from the PixVerse platform console' },
  {
    name: 'PIXVERSE_BASE_URL',
    default: 'https://app-api.pixverse.ai/openapi/v2/',
    about: 'root of the PixVerse API',
  },
  {
    name: 'PIXVERSE_MAX_RETRIES',
    default: '5',
    about: 'repeats of a PixVerse call that is safe to repeat, 0 to 20',
  },
  {
    name: 'PIXVERSE_RETRY_DELAY',
    default: '2000',
    about: 'first wait before a repeat, in ms; it doubles each time',
  },
  { name: 'PIXVERSE_MODEL', default: 'v6', about: 'generation model' },
  {
    name: 'PIXVERSE_ASPECT_RATIO',
    default: '9:16',
    about: 'shape of the video: 16:9, 4:3, 1:1, 3:4, 9:16, 2:3, 3:2 or 21:9',
  },
  {
    name: 'PIXVERSE_MAX_CONCURRENT',
    default: '5',
    about: "generations under way at once, as many as the account's plan allows",
  },
  {
    name: 'PIXVERSE_LOW_CREDITS',
    default: '500',
    about: 'PixVerse credits below which admins are warned',
  },
  {
    name: 'PIXVERSE_POLL_MIN_MS',
    default: '1000',
    about: 'smallest gap between two looks at one video, in ms',
  },
  {
    name: 'PIXVERSE_POLL_MAX_MS',
    default: '15000',
    about: 'largest gap while a video is likely to finish, in ms',
  },
  {
    name: 'PIXVERSE_WEBHOOK_ID',
    about: 'id of the webhook registered in the PixVerse console; with PIXVERSE_WEBHOOK_SECRET',
  },
  {
    name: 'PIXVERSE_WEBHOOK_SECRET',
    isSecret: true,
    about: 'secret of that webhook; with PIXVERSE_WEBHOOK_ID',
  },
  { name: 'TELEGRAM_BOT_TOKEN', isSecret: true, about: 'token from @BotFather' },
  {
    name: 'TELEGRAM_API_ROOT',
    default: 'https://api.telegram.org',
    about: 'root of the Bot API, or of a self-hosted or test server',
  },
  {
    name: 'TELEGRAM_PROVIDER_TOKEN',
    isSecret: true,
    about: 'sells in local currency through this payment provider instead of Stars, where you may',
  },
  {
    name: 'TELEGRAM_WEBHOOK_SECRET',
    isSecret: true,
    about: 'with PUBLIC_URL: updates by webhook; 1 to 256 of A-Z a-z 0-9 _ -',
  },
];
