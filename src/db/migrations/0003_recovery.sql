ALTER TABLE `orders` ADD `is_submit_ambiguous` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `orders` ADD `is_woken` integer DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE `orders` ADD `hard_failures` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `orders` ADD `unanswered_sends` integer DEFAULT 0 NOT NULL;