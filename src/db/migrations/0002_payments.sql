CREATE TABLE `prompts` (
	`platform` text NOT NULL,
	`chat_id` text NOT NULL,
	`purpose` text NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`platform`, `chat_id`)
);
--> statement-breakpoint
CREATE TABLE `tickets` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`platform` text NOT NULL,
	`chat_id` text NOT NULL,
	`kind` text NOT NULL,
	`order_id` text,
	`text` text,
	`created_at` integer NOT NULL,
	`answered_at` integer,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `tickets_person` ON `tickets` (`person_id`,`created_at`);--> statement-breakpoint
CREATE UNIQUE INDEX `tickets_report` ON `tickets` (`order_id`) WHERE "tickets"."kind" = 'report';--> statement-breakpoint
CREATE TABLE `checkouts` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`provider` text NOT NULL,
	`platform` text NOT NULL,
	`chat_id` text NOT NULL,
	`order_id` text,
	`variant` text,
	`pack_id` text,
	`currency` text NOT NULL,
	`exponent` integer NOT NULL,
	`amount_minor` integer NOT NULL,
	`credits` integer NOT NULL,
	`table_version` text NOT NULL,
	`status` text NOT NULL,
	`message_id` text,
	`due_at` integer,
	`failures` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `checkouts_due` ON `checkouts` (`due_at`) WHERE "checkouts"."due_at" is not null;--> statement-breakpoint
CREATE INDEX `checkouts_order` ON `checkouts` (`order_id`);--> statement-breakpoint
CREATE INDEX `checkouts_person` ON `checkouts` (`person_id`,`created_at`);--> statement-breakpoint
CREATE UNIQUE INDEX `checkouts_one_open` ON `checkouts` (`order_id`) WHERE "checkouts"."status" = 'open' and "checkouts"."order_id" is not null;--> statement-breakpoint
CREATE TABLE `payments` (
	`id` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`charge_id` text NOT NULL,
	`checkout_id` text,
	`person_id` text,
	`order_id` text,
	`payer_ref` text,
	`currency` text NOT NULL,
	`exponent` integer NOT NULL,
	`amount_minor` integer NOT NULL,
	`credits` integer NOT NULL,
	`outcome` text NOT NULL,
	`is_refundable` integer NOT NULL,
	`refund_status` text,
	`refund_cause` text,
	`next_refund_at` integer,
	`refund_failures` integer DEFAULT 0 NOT NULL,
	`refunded_at` integer,
	`unrecovered_credits` integer DEFAULT 0 NOT NULL,
	`received_at` integer NOT NULL,
	FOREIGN KEY (`checkout_id`) REFERENCES `checkouts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `payments_charge` ON `payments` (`provider`,`charge_id`);--> statement-breakpoint
CREATE INDEX `payments_refund_due` ON `payments` (`next_refund_at`) WHERE "payments"."next_refund_at" is not null;--> statement-breakpoint
CREATE INDEX `payments_person` ON `payments` (`person_id`,`received_at`);--> statement-breakpoint
CREATE INDEX `payments_checkout` ON `payments` (`checkout_id`);--> statement-breakpoint
CREATE INDEX `payments_order` ON `payments` (`order_id`);--> statement-breakpoint
CREATE INDEX `payments_received` ON `payments` (`received_at`);--> statement-breakpoint
CREATE TABLE `strikes` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`person_id` text NOT NULL,
	`order_id` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`order_id`) REFERENCES `orders`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `strikes_person` ON `strikes` (`person_id`,`at`);--> statement-breakpoint
CREATE TABLE `erased_accounts` (
	`fingerprint` text PRIMARY KEY NOT NULL,
	`free_used` integer NOT NULL,
	`erased_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `daily_offers` (
	`day` text NOT NULL,
	`offer_first` text NOT NULL,
	`started` integer NOT NULL,
	`first_paid` integer NOT NULL,
	PRIMARY KEY(`day`, `offer_first`)
);
--> statement-breakpoint
CREATE TABLE `daily_revenue` (
	`day` text NOT NULL,
	`product` text NOT NULL,
	`currency` text NOT NULL,
	`exponent` integer NOT NULL,
	`payments` integer NOT NULL,
	`amount_minor` integer NOT NULL,
	`refunds` integer NOT NULL,
	`refunded_minor` integer NOT NULL,
	PRIMARY KEY(`day`, `product`, `currency`)
);
--> statement-breakpoint
CREATE TABLE `daily_variants` (
	`day` text NOT NULL,
	`variant` text NOT NULL,
	`queued` integer NOT NULL,
	`paid` integer NOT NULL,
	`delivered` integer NOT NULL,
	`failed` integer NOT NULL,
	`gifts` integer NOT NULL,
	`generations` integer NOT NULL,
	`generation_ms_sum` integer NOT NULL,
	`generation_buckets` text NOT NULL,
	PRIMARY KEY(`day`, `variant`)
);
--> statement-breakpoint
ALTER TABLE `orders` ADD `checkout_id` text;--> statement-breakpoint
ALTER TABLE `orders` ADD `payment_id` text;--> statement-breakpoint
CREATE INDEX `orders_delivered` ON `orders` (`delivered_at`);--> statement-breakpoint
CREATE INDEX `orders_ended` ON `orders` (`ended_at`);--> statement-breakpoint
ALTER TABLE `people` ADD `currency_chosen_at` integer;--> statement-breakpoint
ALTER TABLE `people` ADD `free_used_before` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE INDEX `people_created` ON `people` (`created_at`);