CREATE TABLE `consents` (
	`person_id` text NOT NULL,
	`version` integer NOT NULL,
	`agreed_at` integer NOT NULL,
	PRIMARY KEY(`person_id`, `version`),
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `dialogues` (
	`key` text PRIMARY KEY NOT NULL,
	`data` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `free_claims` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`person_id` text NOT NULL,
	`number` integer NOT NULL,
	`order_id` text NOT NULL,
	`claimed_at` integer NOT NULL,
	`used_at` integer,
	`released_at` integer,
	`is_failure` integer DEFAULT false NOT NULL,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `free_claims_number` ON `free_claims` (`person_id`,`number`) WHERE "free_claims"."released_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX `free_claims_order` ON `free_claims` (`order_id`);--> statement-breakpoint
CREATE INDEX `free_claims_day` ON `free_claims` (`claimed_at`);--> statement-breakpoint
CREATE TABLE `identities` (
	`platform` text NOT NULL,
	`platform_user_id` text NOT NULL,
	`person_id` text NOT NULL,
	`chat_id` text NOT NULL,
	`username` text,
	`display_name` text,
	`language_hint` text,
	`unreachable_since` integer,
	`created_at` integer NOT NULL,
	`seen_at` integer NOT NULL,
	PRIMARY KEY(`platform`, `platform_user_id`),
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `identities_person` ON `identities` (`person_id`);--> statement-breakpoint
CREATE INDEX `identities_username` ON `identities` (`platform`,`username`);--> statement-breakpoint
CREATE INDEX `identities_chat` ON `identities` (`platform`,`chat_id`);--> statement-breakpoint
CREATE TABLE `inbox` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`source` text NOT NULL,
	`event_id` text NOT NULL,
	`person_key` text NOT NULL,
	`payload` text NOT NULL,
	`received_at` integer NOT NULL,
	`done_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `inbox_event` ON `inbox` (`source`,`event_id`);--> statement-breakpoint
CREATE INDEX `inbox_pending` ON `inbox` (`source`,`id`) WHERE "inbox"."done_at" is null;--> statement-breakpoint
CREATE INDEX `inbox_done` ON `inbox` (`done_at`);--> statement-breakpoint
CREATE TABLE `ledger` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`person_id` text NOT NULL,
	`delta` integer NOT NULL,
	`kind` text NOT NULL,
	`cause` text NOT NULL,
	`order_id` text,
	`actor` text,
	`reason` text,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ledger_cause` ON `ledger` (`cause`);--> statement-breakpoint
CREATE INDEX `ledger_person` ON `ledger` (`person_id`,`id`);--> statement-breakpoint
CREATE TABLE `notices` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`key` text NOT NULL,
	`platform` text NOT NULL,
	`chat_id` text NOT NULL,
	`locale` text NOT NULL,
	`content` text NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`due_at` integer,
	`created_at` integer NOT NULL,
	`sent_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `notices_key` ON `notices` (`key`,`platform`,`chat_id`);--> statement-breakpoint
CREATE INDEX `notices_due` ON `notices` (`due_at`) WHERE "notices"."due_at" is not null;--> statement-breakpoint
CREATE TABLE `order_events` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`order_id` text NOT NULL,
	`from_status` text,
	`to_status` text NOT NULL,
	`cause` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `order_events_order` ON `order_events` (`order_id`);--> statement-breakpoint
CREATE TABLE `order_photos` (
	`order_id` text NOT NULL,
	`position` integer NOT NULL,
	`photo_id` text NOT NULL,
	`source_key` text NOT NULL,
	`source_order` integer NOT NULL,
	`album_key` text,
	`pixverse_image_id` text,
	PRIMARY KEY(`order_id`, `position`),
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`photo_id`) REFERENCES `photos`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `order_photos_photo` ON `order_photos` (`photo_id`);--> statement-breakpoint
CREATE TABLE `orders` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`platform` text NOT NULL,
	`chat_id` text NOT NULL,
	`status` text NOT NULL,
	`failure_code` text,
	`replacing` integer,
	`variant` text,
	`quote_currency` text,
	`quote_exponent` integer,
	`quote_amount_minor` integer,
	`quote_credits` integer,
	`quote_table_version` text,
	`funded_by` text,
	`route` text DEFAULT 'fusion' NOT NULL,
	`generation_attempts` integer DEFAULT 0 NOT NULL,
	`trace_id` text,
	`pixverse_video_id` text,
	`composite_image_id` text,
	`reuploads` integer DEFAULT 0 NOT NULL,
	`reruns` integer DEFAULT 0 NOT NULL,
	`next_attempt_at` integer,
	`is_leased` integer DEFAULT false NOT NULL,
	`step_failures` integer DEFAULT 0 NOT NULL,
	`slots_refused_since` integer,
	`late_look_until` integer,
	`card_message_id` text,
	`card_picture_key` text,
	`card_shown_key` text,
	`card_due_at` integer,
	`is_card_repost` integer DEFAULT false NOT NULL,
	`send_intent_at` integer,
	`delivered_message_id` text,
	`file_ref` text,
	`is_gift` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`queued_at` integer,
	`submitted_at` integer,
	`last_look_at` integer,
	`generated_at` integer,
	`delivered_at` integer,
	`ended_at` integer,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `orders_due` ON `orders` (`next_attempt_at`) WHERE "orders"."next_attempt_at" is not null;--> statement-breakpoint
CREATE INDEX `orders_card_due` ON `orders` (`card_due_at`) WHERE "orders"."card_due_at" is not null;--> statement-breakpoint
CREATE INDEX `orders_status` ON `orders` (`status`,`queued_at`);--> statement-breakpoint
CREATE INDEX `orders_person` ON `orders` (`person_id`,`status`);--> statement-breakpoint
CREATE UNIQUE INDEX `orders_one_draft` ON `orders` (`person_id`,`platform`,`chat_id`) WHERE "orders"."status" in ('draft','awaiting_payment');--> statement-breakpoint
CREATE UNIQUE INDEX `orders_one_running` ON `orders` (`person_id`) WHERE "orders"."status" in ('queued','submitting','generating');--> statement-breakpoint
CREATE TABLE `people` (
	`id` text PRIMARY KEY NOT NULL,
	`locale` text NOT NULL,
	`is_locale_chosen` integer DEFAULT false NOT NULL,
	`currency` text,
	`offer_first` text NOT NULL,
	`source` text,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `photo_sources` (
	`order_id` text NOT NULL,
	`source_key` text NOT NULL,
	PRIMARY KEY(`order_id`, `source_key`),
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `photos` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`bytes` blob,
	`width` integer NOT NULL,
	`height` integer NOT NULL,
	`created_at` integer NOT NULL,
	`erased_at` integer,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `photos_kept` ON `photos` (`created_at`) WHERE "photos"."erased_at" is null;--> statement-breakpoint
CREATE TABLE `settings` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `videos` (
	`id` text PRIMARY KEY NOT NULL,
	`order_id` text NOT NULL,
	`person_id` text NOT NULL,
	`pixverse_video_id` text NOT NULL,
	`trace_id` text NOT NULL,
	`route` text NOT NULL,
	`variant` text NOT NULL,
	`status` text NOT NULL,
	`url` text,
	`resolution` text NOT NULL,
	`duration_seconds` integer NOT NULL,
	`amount_minor` integer NOT NULL,
	`currency` text NOT NULL,
	`file_path` text,
	`size_bytes` integer,
	`width` integer,
	`height` integer,
	`generation_ms` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `videos_pixverse` ON `videos` (`pixverse_video_id`);--> statement-breakpoint
CREATE INDEX `videos_order` ON `videos` (`order_id`);--> statement-breakpoint
CREATE INDEX `videos_person` ON `videos` (`person_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `videos_learn` ON `videos` (`variant`,`updated_at`) WHERE "videos"."generation_ms" is not null;--> statement-breakpoint
CREATE INDEX `videos_files` ON `videos` (`updated_at`) WHERE "videos"."file_path" is not null;