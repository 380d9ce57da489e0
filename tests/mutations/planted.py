"""The mutations: what is broken, in which file and how, and the tests that ought to notice."""

from dataclasses import dataclass

MACHINE = "integration/farm/store/queue/test_state_machine.py"
SETTLE = "integration/farm/store/queue/test_settle.py"
FAULTS = "integration/farm/store/queue/test_settle_faults.py"
FAILURES = "integration/farm/store/queries/test_failures.py"
SCHEDULER = "integration/farm/scheduler/test_scheduler.py"
EVIDENCE = "unit/farm/domain/test_evidence.py"
LEASES = "integration/farm/store/queue/test_leases.py"
EVENTS = "integration/farm/store/queue/test_events.py"
REVIEW = "integration/farm/store/shots/test_review.py"
INTAKE = "integration/farm/store/shots/test_intake.py"
CHANGED = "integration/farm/store/shots/test_changed_lists.py"
CHANGES = "unit/farm/domain/test_changes.py"
DECIDE = "unit/farm/domain/test_decide.py"
WORKER = "unit/farm/cluster/test_worker.py"
RETRY = "unit/farm/domain/test_retry.py"
ENCODE = "integration/pipeline/clips/test_encode.py"
MEDIA = "unit/pipeline/storage/test_media.py"
CLAIMS = "integration/farm/store/queue/test_claims.py"
HOLDING = "integration/farm/store/shots/test_holds.py"
SCHEMA = "integration/farm/store/test_upgrade_with_data.py"
SWEEP = "integration/farm/scheduler/test_sweep.py"
SWEEPING = "integration/farm/cli/test_steering_and_sweeping.py"
DELIVERIES = "unit/farm/delivery/test_delivery.py"
WORKERS = "integration/farm/scheduler/test_scheduler_workers.py"
OUTAGE = "integration/farm/scheduler/test_outage.py"
PLACEMENT = "unit/farm/domain/test_placement.py"
SHARE = "unit/farm/domain/test_fair_share.py"
HEALTH = "unit/farm/scheduler/test_worker_health.py"
STALLS = "unit/farm/scheduler/test_stalls.py"
TERMINAL = "unit/pipeline/test_terminal.py"
STALE = "integration/farm/store/shots/test_stale.py"
DECIDING = "integration/farm/operations/test_review.py"
UNDONE = "unit/farm/domain/test_undo.py"
UNDO = "integration/farm/store/shots/test_undo.py"
DRAFTS = "unit/farm/domain/test_drafts.py"
RUN_SUMMARY = "unit/farm/cli/test_run_summary.py"
LOADS = "unit/farm/cli/test_loads.py"
SWEEPS = "integration/farm/operations/test_sweep.py"
LIVE = "integration/farm/cli/test_live.py"
FINALS = "integration/farm/store/shots/test_finals.py"
SPENDING = "unit/farm/domain/test_spending.py"
RANKS = "integration/pipeline/engines/test_ranks.py"
RANK_RULES = "unit/pipeline/engines/test_rank_rules.py"
SPENT = "integration/farm/store/queries/test_spending.py"
KEPT_FOLDS = "integration/farm/store/test_kept_folds.py"
METRICS = "unit/farm/listeners/test_metrics.py"
COMMENT = "unit/farm/domain/test_comment.py"
COMMENTS = "integration/farm/store/shots/test_comments.py"
DECLINED = "integration/farm/store/queue/test_declined.py"
DIAGNOSIS = "unit/pipeline/test_diagnosis.py"
PREPARE = "unit/farm/shotlist/test_shotlist_prepare.py"
NOTATION = "unit/pipeline/prompts/test_prompt_notation.py"
LANGUAGES = "unit/pipeline/prompts/test_prompt_languages.py"
MAIN_ACTION = "unit/pipeline/prompts/test_main_action.py"
FITTING = "unit/pipeline/prompts/test_fitting.py"
FAULTS_OF_CLIPS = "unit/pipeline/clips/test_clip_faults.py"
TAKE = "integration/pipeline/test_take.py"
SEGMENTS = "integration/pipeline/test_segments.py"
SEAMS = "unit/pipeline/clips/test_seams.py"
DIVISION = "unit/pipeline/prompts/test_division.py"
RECIPES = "unit/pipeline/test_segments.py"
COMFY_FLATTEN = "unit/pipeline/comfy/test_flatten.py"
COMFY_READING = "unit/pipeline/comfy/test_reading.py"
COMFY_WRITING = "unit/pipeline/comfy/test_writing.py"
LABELS = "integration/farm/cli/test_labels.py"
FILM_BOXES = "unit/farm/delivery/test_film_boxes.py"
MARKING = "unit/farm/delivery/ai_labels/test_marking.py"
VISIBLE_LABEL = "unit/farm/delivery/ai_labels/test_visible.py"
LABEL_PLACE = "unit/farm/delivery/ai_labels/test_place.py"
SIGNING = "unit/farm/delivery/credentials/test_signing.py"
SIGNING_KEYS = "unit/farm/delivery/credentials/test_keys.py"
PURGE = "integration/farm/operations/test_purge.py"
FOR_THE_EDIT = "integration/farm/cli/test_deliver_for_the_edit.py"
COMFY_COMMANDS = "integration/farm/cli/test_comfy.py"
VERIFYING = "unit/farm/delivery/test_verifying.py"
KEPT = "integration/pipeline/engines/test_wan_kept.py"
SPEED = "integration/pipeline/engines/test_wan_speed.py"
EXPERTS = "integration/pipeline/engines/test_wan_experts.py"
EXCHANGE = "integration/pipeline/engines/test_wan_exchange.py"
QUANTISED = "integration/pipeline/engines/test_quantised.py"
PREPARED = "integration/pipeline/engines/test_wan_prepared.py"
NEEDS = "integration/pipeline/engines/test_wan_needs.py"
LOADING = "integration/pipeline/engines/test_loading.py"
TENSORS = "unit/pipeline/storage/test_tensors.py"
REVISION = "unit/pipeline/profiles/test_speed.py"
COMMANDS = "integration/farm/cli/test_changed_lists.py"
INLINE = "unit/farm/cluster/test_inline_cluster.py"
COMPARISON = "unit/farm/domain/test_comparison.py"
INTERVAL = "unit/farm/domain/test_paired_difference.py"
STAND_IN = "unit/farm/domain/test_stand_in.py"
BATCH = "unit/farm/comparison/test_batch.py"
PAIRS = "integration/farm/operations/test_compare_profiles.py"
ATTEMPTS = "unit/farm/cluster/test_attempts.py"
DESK_DECIDING = "integration/farm/desk/pages/test_deciding.py"
GPU_MEASURE = "integration/gpu/test_measure.py"
DESK_ROLES = "integration/farm/desk/pages/test_roles.py"
DESK_STILLS = "integration/farm/desk/pages/test_another_still.py"
DESK_DELIVERING = "integration/farm/desk/pages/test_delivering.py"
DESK_ADDRESSES = "integration/farm/desk/pages/test_addresses.py"
DESK_BAD_UPLOADS = "integration/farm/desk/pages/test_bad_uploads.py"
DESK_LOOKING = "integration/farm/desk/pages/test_looking.py"
DESK_LOST = "integration/farm/desk/pages/test_lost_films.py"
DESK_GRID = "acceptance/desk/test_grid.py"
DESK_UPLOADS = "unit/farm/desk/test_uploads.py"
INLINE_TAILS = "unit/farm/cluster/test_inline_tails.py"
WORKER_TAILS = "unit/farm/cluster/test_worker_tails.py"
TAILS = "integration/farm/cluster/test_tails.py"
RAY_TAILS = "integration/farm/cluster/test_ray_tails.py"
SCHEDULER_TAILS = "integration/farm/scheduler/test_scheduler_tails.py"
PARTS = "integration/pipeline/test_take_parts.py"
MEASURED = "unit/gpu/test_record.py"
COSTS = "unit/gpu/test_takes.py"
WHEELS = "unit/gpu/test_wheels.py"
REHEARSAL = "integration/gpu/test_measure.py"
DEVICE = "integration/pipeline/models/test_device.py"
DEVICE_MEMORY = "integration/pipeline/models/test_device_memory.py"
TURNS = "unit/pipeline/engines/test_turns.py"
WAN_WAVES = "integration/pipeline/engines/test_wan_waves.py"
INLINE_WAVES = "unit/farm/cluster/test_inline_waves.py"
SCHEDULER_WAVES = "integration/farm/scheduler/test_scheduler_waves.py"
READINGS = "unit/pipeline/clips/test_label_readings.py"
SPELLING = "unit/pipeline/stills/test_spelling.py"
LETTERING = "integration/pipeline/clips/test_lettering.py"
LETTERED_TAKE = "integration/pipeline/test_take_lettering.py"
TOLD_LETTERING = "unit/farm/domain/test_lettering.py"
LETTERED_STILL = "integration/pipeline/stills/test_still_lettering.py"
READER = "integration/pipeline/models/test_text_reader.py"
RAY_JUDGE = "integration/farm/cluster/test_ray_judge.py"
JUDGE = "unit/farm/cluster/ray/test_judge.py"
LOADING_A_JUDGE = "integration/farm/cluster/test_loading_a_judge.py"
REFS = "unit/farm/cluster/ray/test_refs.py"
CREW = "unit/farm/cluster/ray/test_crew.py"
FLEET_SIZE = "unit/farm/domain/test_fleet_size.py"
DEMAND = "integration/farm/scheduler/test_scheduler_demand.py"
PLAN = "unit/farm/cluster/ray/test_plan.py"
SAMPLING = "unit/pipeline/scoring/test_sampling.py"
FILM = "unit/pipeline/clips/test_film.py"
VQA = "unit/pipeline/scoring/test_vqa.py"
CONFIG = "unit/farm/test_config.py"
NO_DATABASE = "integration/farm/cli/test_no_database.py"
LIST_HTML = "unit/farm/shotlist/test_list_html.py"
CHANGED_LISTS = "integration/farm/cli/test_changed_lists.py"
MARKUP = "unit/pipeline/prompts/test_markup.py"
KEPT_WORDS = "unit/pipeline/clips/test_kept_words.py"
LABELS_FILE = "unit/farm/operations/test_labels_file.py"
FILMS_JUDGED = "integration/farm/cli/test_judge.py"
JUDGE_CHECK = "integration/test_judge_check.py"
SIMPLIFY = "unit/pipeline/prompts/test_prompt_simplify.py"
COVERAGE = "unit/pipeline/test_coverage.py"
KEPT_COVERAGE = "integration/farm/store/queue/test_coverage.py"
ROLES = "unit/farm/domain/test_roles.py"
PEOPLE = "integration/farm/store/test_people_and_links.py"
SESSIONS = "unit/farm/desk/test_sessions.py"
ACCESS = "integration/farm/desk/test_access.py"
SIGN_IN = "integration/farm/desk/test_sign_in.py"
LINES = "integration/farm/desk/test_lines.py"
AT_THE_DESK = "acceptance/desk/test_deciding.py"
BEHIND_A_PROXY = "integration/farm/desk/test_behind_a_proxy.py"
SENT_FORMS = "integration/farm/store/test_sent_forms.py"
DESK_LARGE = "integration/farm/desk/pages/test_large_files.py"
DESK_TWICE = "integration/farm/desk/pages/test_twice.py"
DESK_TOGETHER = "integration/farm/desk/pages/test_together.py"
DESK_SECOND = "integration/farm/desk/pages/test_deciding_second.py"
WORDS_OF_EVENTS = "unit/farm/wording/test_events.py"
TRANSLATED = "unit/farm/wording/test_translated.py"
FILMS = "unit/farm/delivery/test_made_films.py"
TIMELINES = "unit/farm/delivery/test_timelines.py"
MAKING = "unit/farm/delivery/test_making.py"
REMOTE = "unit/farm/delivery/test_remote.py"
STEPS = "unit/farm/delivery/test_steps.py"
HAND_OFF = "unit/farm/domain/test_hand_off.py"
REPRODUCE = "integration/farm/cli/test_reproduce.py"
REPRODUCTION = "integration/pipeline/test_reproduction.py"
STALE_TAKES = "integration/farm/cli/test_stale.py"
STALE_RULE = "unit/farm/domain/test_stale.py"
PRINTED = "unit/farm/delivery/test_printed_sheet.py"
RENDERERS = "unit/farm/cluster/ray/test_renderers.py"
INLINE_SERVERS = "unit/farm/cluster/test_inline_servers.py"
COMFYUI_EVENTS = "unit/pipeline/engines/test_comfyui_events.py"
COMFYUI_FRAMES = "unit/pipeline/engines/test_comfyui_frames.py"
COMFYUI_GRAPH = "unit/pipeline/engines/test_comfyui_graph.py"
ADOPTION = "integration/pipeline/engines/test_comfyui_adoption.py"
COMFYUI = "integration/pipeline/engines/test_comfyui.py"
EARLY_TOLD = "unit/farm/domain/test_early_end.py"
EARLY_RULE = "integration/farm/cluster/test_early_rule.py"
CHECK = "integration/farm/operations/test_check.py"
SEEN_WORKERS = "integration/farm/store/test_workers.py"
EARLY_TAKE = "integration/pipeline/test_early_end.py"
EARLY_RECORD = "unit/pipeline/scoring/test_early_record.py"
PHRASINGS = "unit/pipeline/toy/test_phrasings.py"
LIST_HEADERS = "unit/farm/shotlist/test_list_headers.py"
LIST_NAMES = "unit/farm/shotlist/test_list_names.py"
NAMED_COLOURS = "unit/pipeline/stills/test_picture_colours.py"
SHOTLIST_PREPARED = "unit/farm/shotlist/test_shotlist_prepare.py"
SERVING = "unit/farm/domain/test_serving.py"
SEVERAL = "integration/farm/scheduler/test_scheduler_models.py"
MODEL_CHANGES = "unit/farm/domain/test_model_changes.py"
MATCHING_RULES = "unit/pipeline/scoring/test_matching_rules.py"
RAY_MODELS = "integration/farm/cluster/test_ray_models.py"


@dataclass(frozen=True)
class Mutation:
    """One promise broken: `old` stands once in `file` and becomes `new`."""

    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def planted(self, text: str) -> str:
        """The file's text with the mutation in it. Raises `ValueError` where it does not fit."""
        if text.count(self.old) != 1:
            raise ValueError(f"{self.what}: {self.old!r} stands {text.count(self.old)} times")
        return text.replace(self.old, self.new)


MUTATIONS = (
    Mutation(
        "the token is not compared when a take is moved",
        "farm/store/queue/transitions.py",
        '            Take.token == sa.bindparam("of_token"),\n',
        '            sa.or_(Take.token == sa.bindparam("of_token"), Take.token >= 0),\n',
        (MACHINE, SETTLE),
    ),
    Mutation(
        "the table of moves is not asked when a take is moved",
        "farm/store/queue/transitions.py",
        "            sa.or_(*(Take.status == status for status in allowed)),\n",
        "            sa.or_(*(Take.status == status for status in allowed), Take.token >= 0),\n",
        (MACHINE, SETTLE),
    ),
    Mutation(
        "a beat prolongs whatever attempt is current",
        "farm/store/queue/leases.py",
        "        Take.token == lease.token,\n",
        "",
        (MACHINE, LEASES),
    ),
    Mutation(
        "a clip is published though its take could not be moved",
        "farm/store/queue/settle.py",
        '    data = {"outcome": result.verdict, "clip": result.clip.path}\n',
        "    connection.execute(_CLIP, [_clip_values(lease, result)])\n"
        '    data = {"outcome": result.verdict, "clip": result.clip.path}\n',
        (MACHINE, SETTLE),
    ),
    Mutation(
        "a late clip is published along with those that came in with it",
        "farm/store/queue/settle.py",
        "        fresh = [answer for answer, current in zip(answers, moved, strict=True) if current]\n",
        "        fresh = list(answers) if any(moved) else []\n",
        (MACHINE, SETTLE),
    ),
    Mutation(
        "a result that is told twice is published along with those that came in with it",
        "farm/store/queue/settle.py",
        "            PublishedClip.take_id.is_(None),\n",
        "",
        (MACHINE, SETTLE),
    ),
    Mutation(
        "what has backed off long enough is never due",
        "farm/store/queue/claimable.py",
        "        if any(row.id is None for row in rows):\n",
        "        if not rows:\n",
        (MACHINE, LEASES),
    ),
    Mutation(
        "a late result is not told",
        "farm/store/queue/settle.py",
        "return False, [attempt_event(connection, EventKind.LATE_RESULT, lease, data)]",
        "return False, []",
        (MACHINE, EVENTS),
    ),
    Mutation(
        "a release writes no event",
        "farm/store/queue/leases.py",
        "        return [returned(connection, lease, None, reason, 0.0)]",
        '        end_attempt(connection, lease.take_id, lease.token, "returned", None, reason)\n'
        "        return []",
        (MACHINE, EVENTS),
    ),
    Mutation(
        "a review moves without an event",
        "farm/store/queue/transitions.py",
        "    return write_events(connection, news)\n",
        "    return []\n",
        (MACHINE, EVENTS),
    ),
    Mutation(
        "an event is written and the take does not move",
        "farm/store/queue/leases.py",
        "    if not move_take(connection, attempt.take_id, attempt.token, TakeStatus.WAITING, **values):\n"
        "        return []\n",
        "",
        (MACHINE, LEASES),
    ),
    Mutation(
        "a take's number is used again",
        "farm/store/queue/transitions.py",
        ".values(takes_made=Shot.takes_made + 1)",
        ".values(takes_made=Shot.takes_made)",
        (MACHINE, REVIEW),
    ),
    Mutation(
        "a machine's fault climbs the ladder",
        "farm/store/queue/faults.py",
        "        faults=faults + answer.counts,\n",
        "        faults=faults + answer.counts,\n        rung=lease.rung + 1,\n",
        (MACHINE,),
    ),
    Mutation(
        "leases are taken back before they end",
        "farm/store/queue/leases.py",
        "expired = sa.and_(_RUNNING, Take.lease_until < utcnow())",
        "expired = sa.and_(_RUNNING)",
        (MACHINE, LEASES),
    ),
    Mutation(
        "a dead run with a clock ahead keeps its takes",
        "farm/scheduler/loop.py",
        "leases.take_back(self._store, self._skewed.over(ends, now))",
        "leases.take_back(self._store)",
        (WORKERS,),
    ),
    Mutation(
        "a beat does not prolong the lease",
        "farm/store/queue/leases.py",
        ".values(lease_until=until, step=given.c.step)",
        ".values(step=given.c.step)",
        (MACHINE, LEASES),
    ),
    Mutation(
        "a claim takes what still backs off",
        "farm/store/queue/claimable.py",
        "_CLAIMABLE = \"takes.status = 'waiting' AND takes.due AND NOT takes.held\"",
        "_CLAIMABLE = \"takes.status = 'waiting' AND NOT takes.held\"",
        (MACHINE, LEASES),
    ),
    Mutation(
        "a claim takes what is on hold",
        "farm/store/queue/claimable.py",
        "_CLAIMABLE = \"takes.status = 'waiting' AND takes.due AND NOT takes.held\"",
        "_CLAIMABLE = \"takes.status = 'waiting' AND takes.due\"",
        (MACHINE, HOLDING),
    ),
    Mutation(
        "a release forgets what the hold covered",
        "farm/store/shots/holds.py",
        "        events = move_review(connection, shot.name, before, sentence, who=who)\n",
        "        before = ReviewStatus.PENDING\n"
        "        events = move_review(connection, shot.name, before, sentence, who=who)\n",
        (MACHINE, HOLDING),
    ),
    Mutation(
        "an omission leaves its render running",
        "farm/store/shots/holds.py",
        "        *cancel_take(connection, shot, why, who),\n",
        "",
        (MACHINE, HOLDING),
    ),
    Mutation(
        "a claim takes from productions that the run does not serve",
        "farm/store/queue/claimable.py",
        "        if self.among is None:\n",
        "        if self.among is None or self.among:\n",
        (CLAIMS, SCHEDULER),
    ),
    Mutation(
        "a run waits for productions that it does not serve",
        "farm/scheduler/dealing.py",
        "queued.unfinished(store, name, self._run.productions)",
        "queued.unfinished(store, name)",
        (SCHEDULER,),
    ),
    Mutation(
        "the evidence of a failed attempt is thrown away",
        "farm/store/queue/faults.py",
        "        if evidence:\n",
        "        if evidence and not evidence.lines:\n",
        (FAILURES,),
    ),
    Mutation(
        "what a worker answers keeps its secrets",
        "farm/cluster/failure.py",
        "    return Faulted(cause, sentence, evidence.of(error, secrets, lines))\n",
        "    return Faulted(cause, sentence, evidence.of(error, (), lines))\n",
        (EVIDENCE,),
    ),
    Mutation(
        "a claim does not count the attempt",
        "farm/store/queue/claims.py",
        "        token=Take.token + 1,\n",
        "        token=Take.token,\n",
        (MACHINE, LEASES),
    ),
    Mutation(
        "workers stay idle beside a production that has only just come",
        "farm/store/queue/claims.py",
        "        if self._left:\n",
        "        if self._left and not self.seated:\n",
        (CLAIMS,),
    ),
    Mutation(
        "a run never asks again which productions wait",
        "farm/scheduler/loop.py",
        "        self._dealing.forget()  # others may have come, or be more urgent now\n",
        "",
        (WORKERS,),
    ),
    Mutation(
        "a claim forgets priorities",
        "farm/store/queue/claimable.py",
        "    .order_by(Take.rank, Take.id)\n    .limit(",
        "    .order_by(Take.id)\n    .limit(",
        (MACHINE, LEASES),
    ),
    Mutation(
        "two claims may take the same row",
        "farm/store/queue/claimable.py",
        '    .limit(sa.bindparam("count", type_=sa.Integer))\n    .with_for_update(skip_locked=True)\n',
        '    .limit(sa.bindparam("count", type_=sa.Integer))\n',
        (LEASES,),
    ),
    Mutation(
        "a take returns to the worker that failed it",
        "farm/domain/placement.py",
        "    untried = [each for each in free if each not in guest.failed_on]\n",
        "    untried = list(free)\n",
        (PLACEMENT, CLAIMS, WORKERS),
    ),
    Mutation(
        "a production saves up turns while it has nothing to render",
        "farm/domain/fair_share.py",
        "            self._clocks[key] = max(self._clocks.get(key, 0.0), self._now)\n",
        "            self._clocks[key] = self._clocks.get(key, 0.0)\n",
        (SHARE,),
    ),
    Mutation(
        "the gate overrules a person",
        "farm/store/queue/decisions.py",
        "    return {row.id: row for row in rows if row.review is ReviewStatus.PENDING}\n",
        "    return {row.id: row for row in rows}\n",
        (MACHINE, SETTLE),
    ),
    Mutation(
        "a full farm uses up attempts",
        "farm/domain/retry.py",
        "return Again(_backoff(met.waits, policy, jitter), counts=False)",
        "return Again(_backoff(met.waits, policy, jitter), counts=True)",
        (MACHINE, RETRY),
    ),
    Mutation(
        "a poison shot goes round and round",
        "farm/domain/retry.py",
        "    if len(workers) >= policy.poison_workers:\n",
        "    if len(workers) >= 99:\n",
        (RETRY, CLAIMS, WORKERS),
    ),
    Mutation(
        "a worker is never sick",
        "farm/scheduler/worker_health.py",
        "        if len(alone) < self._limit:\n",
        "        if len(alone) < 99:\n",
        (HEALTH, WORKERS),
    ),
    Mutation(
        "poison shots make their workers sick",
        "farm/scheduler/worker_health.py",
        "if self._where.get(each, {worker}) == {worker}]",
        "]",
        (HEALTH,),
    ),
    Mutation(
        "a render that hangs is never given up",
        "farm/scheduler/stalls.py",
        "    if still <= limit:\n",
        "    if still >= 0:\n",
        (STALLS, WORKERS),
    ),
    Mutation(
        "an attempt that succeeded stays open",
        "farm/store/queue/settle.py",
        "    end_attempts(connection, attempts, TakeStatus.SUCCEEDED, at)\n",
        "    del attempts\n",
        (MACHINE, SETTLE),
    ),
    Mutation(
        "a cancelled attempt stays open",
        "farm/store/shots/review.py",
        '        data["seconds"] = end_attempt(\n'
        "            connection, shot.take_id, shot.token, TakeStatus.CANCELLED, reason=reason\n"
        "        )",
        '        data["seconds"] = 0.0',
        (MACHINE, REVIEW),
    ),
    Mutation(
        "a list handed in again is taken in again",
        "farm/store/shots/comparing.py",
        "    return {row.code: row.id for row in rows}",
        "    return {row.code: row.id for row in rows if False}",
        (MACHINE, INTAKE),
    ),
    Mutation(
        "a result that is told twice counts as late",
        "farm/store/queue/settle.py",
        "    if _is_published(connection, lease):\n        return True, []\n",
        "",
        (MACHINE, SETTLE, OUTAGE),
    ),
    Mutation(
        "what is made during an outage is not kept",
        "farm/scheduler/outbox.py",
        "        self._media.put(_name(lease), text.encode())\n",
        "        del text\n",
        (OUTAGE,),
    ),
    Mutation(
        "leases are taken back as soon as the database is back",
        "farm/scheduler/loop.py",
        "        self._take_backs.wait(now, self._pace.lease_seconds)\n",
        "        self._take_backs.at_once()\n",
        (OUTAGE,),
    ),
    Mutation(
        "a kept result is settled in whatever database is at hand",
        "farm/scheduler/in_flight.py",
        "            if settle.is_attempt(self._store, lease):\n",
        "            if self._store:\n",
        (OUTAGE,),
    ),
    Mutation(
        "a run goes on over a schema that it does not know",
        "farm/scheduler/loop.py",
        "        session.still_known(self._store)\n        events = self._fleet.report(",
        "        events = self._fleet.report(",
        (WORKERS,),
    ),
    Mutation(
        "an upgrade forgets which takes are on hold",
        "migrations/versions/0002_holds_shares_workers.py",
        "UPDATE takes SET held = true WHERE",
        "UPDATE takes SET held = false WHERE",
        (SCHEMA,),
    ),
    Mutation(
        "the sweep touches files of another farm",
        "farm/scheduler/sweep.py",
        "        if clip not in attempts:\n",
        "        attempts = {clip: media_inventory.AttemptState.ENDED, **attempts}\n"
        "        if clip not in attempts:\n",
        (SWEEP,),
    ),
    Mutation(
        "the sweep deletes what is being written",
        "farm/scheduler/sweep.py",
        "        if attempt is media_inventory.AttemptState.RUNNING:\n            return None\n",
        "",
        (SWEEP,),
    ),
    Mutation(
        "a worker renders on when its lease was not extended",
        "farm/cluster/worker.py",
        "if self._clock() > self.deadline:",
        "if self._clock() > self.deadline + 1e9:",
        (WORKER,),
    ),
    Mutation(
        "attempts share the name of their clip",
        "farm/domain/lease.py",
        "_a{attempt}_{run}.mp4",
        "_{run}.mp4",
        (LEASES,),
    ),
    Mutation(
        "a clip of another attempt is written over",
        "pipeline/storage/folder.py",
        "        os.link(draft, place)\n        draft.unlink()\n",
        "        os.replace(draft, place)\n",
        (ENCODE, MEDIA),
    ),
    Mutation(
        "a take that was declined counts as a render",
        "pipeline/ladder.py",
        "[take for take in row if not take.declined]",
        "list(row)",
        (DIAGNOSIS,),
    ),
    Mutation(
        "what a person insists on is declined again",
        "farm/domain/lease.py",
        "insisted=self.by_hand",
        "insisted=False",
        (DECLINED,),
    ),
    Mutation(
        "a refusal that comes late declines the take",
        "farm/store/queue/settle.py",
        "        if not moved:\n            return False, []\n        events = [failed(",
        "        events = [failed(",
        (DECLINED, MACHINE),
    ),
    Mutation(
        "the detector of cuts starts a program that has the terminal",
        "pipeline/clips/cuts.py",
        "    with terminal.kept_from_children():  # it",
        "    if terminal:  # it",
        (TERMINAL,),
    ),
    Mutation(
        "a worker of Ray keeps the terminal",
        "farm/cluster/ray/actor.py",
        "        terminal.leave()  #",
        "        pass  #",
        (TERMINAL,),
    ),
    Mutation(
        "a hangup ends a run that nohup protects",
        "farm/cli/commands/run.py",
        "is not signal.SIG_IGN",
        "is not None",
        (TERMINAL,),
    ),
    Mutation(
        "a stage that hangs on a new farm is given up after hours",
        "farm/scheduler/stalls.py",
        "first if usual is None else",
        "limits.total if usual is None else",
        (STALLS,),
    ),
    Mutation(
        "a changed list changes shots unasked",
        "farm/store/shots/revising.py",
        "        applied=applicable(changes, then) if update else (),\n",
        "        applied=applicable(changes, then),\n",
        (MACHINE, CHANGED),
    ),
    Mutation(
        "a running take whose shot was changed may still finish",
        "farm/store/shots/revising.py",
        '    news += cancel_take(connection, known, f"replaced: {why}", who)\n',
        "    if known.status is not TakeStatus.RUNNING:\n"
        '        news += cancel_take(connection, known, f"replaced: {why}", who)\n',
        (MACHINE, CHANGED),
    ),
    Mutation(
        "a list changes an approved shot without a word",
        "farm/domain/changes.py",
        "    if has.review is ReviewStatus.APPROVED and not reopen:\n",
        "    if has.review is ReviewStatus.APPROVED and reopen is None:\n",
        (MACHINE, CHANGED, CHANGES),
    ),
    Mutation(
        "a take ordered for a held shot is rendered",
        "farm/store/queue/transitions.py",
        "            held=held,\n",
        "",
        (MACHINE, CHANGED),
    ),
    Mutation(
        "a change of a shot writes no event of its priority",
        "farm/store/shots/wishes.py",
        "    changed = {change.field: [change.before, change.after] for change in changes}\n",
        "    changed = {\n"
        "        change.field: [change.before, change.after]\n"
        "        for change in changes\n"
        '        if change.field != "priority"\n'
        "    }\n",
        (MACHINE, CHANGED),
    ),
    Mutation(
        "a list omits what came with another",
        "farm/store/shots/comparing.py",
        "            if came_with[row.id] in kin:\n",
        "            if came_with[row.id] in kin or kin:\n",
        (CHANGED,),
    ),
    Mutation(
        "two shots of one code share the name of a clip",
        "farm/domain/lease.py",
        "self.number, self.key, self.owner",
        "self.number, self.token, self.owner",
        (MACHINE, CHANGED),
    ),
    Mutation(
        "the best take of an older wish is handed to a person",
        "farm/store/queue/judged_takes.py",
        "            _OF_THIS_WISH,\n",
        "",
        (CHANGED,),
    ),
    Mutation(
        "a shot is made of a placeholder",
        "farm/shotlist/prepare.py",
        "    if frames is None or prompt is None or first is None or others is None:\n",
        "    if frames is None or first is None or others is None:\n",
        (PREPARE,),
    ),
    Mutation(
        "a prompt is read with the weights that stand in it",
        "pipeline/prompts/grammar/prompt.py",
        "        return lexicons.simplified(self.unmarked)\n",
        "        return lexicons.simplified(self.written)\n",
        (NOTATION,),
    ),
    Mutation(
        "traditional characters are read as they are written",
        "pipeline/prompts/grammar/prompt.py",
        "        return lexicons.simplified(self.unmarked)\n",
        "        return self.unmarked\n",
        (LANGUAGES,),
    ),
    Mutation(
        "what a few actions lead up to counts as any other",
        "pipeline/prompts/signs.py",
        " and 2 < doers.count(doers[at]) <= A_FEW\n",
        " and doers.count(doers[at]) < 0\n",
        (MAIN_ACTION,),
    ),
    Mutation(
        "where somebody comes to rest is told by the still",
        "pipeline/prompts/grammar/arrivals.py",
        "before.actor == clause.actor and arrives",
        "before.actor != clause.actor and arrives",
        (MAIN_ACTION,),
    ),
    Mutation(
        "what happens after a cut is done at the place before it",
        "pipeline/prompts/rules.py",
        "for n, c in enumerate(clauses) if n > first and _is_cut(prompt, c)",
        "for n, c in enumerate(clauses) if n < first and _is_cut(prompt, c)",
        (SIMPLIFY,),
    ),
    Mutation(
        "what hangs on a wall is what a shot is about",
        "pipeline/prompts/grammar/main_subject.py",
        "    parted = fixed or _ENDS_SENTENCE",
        "    parted = _ENDS_SENTENCE",
        (MAIN_ACTION,),
    ),
    Mutation(
        "a gesture takes as long as any other action",
        "pipeline/prompts/pacing.py",
        "(0.5 if is_gesture(prompt, each) else 1)",
        "(1 if is_gesture(prompt, each) else 1)",
        (MAIN_ACTION,),
    ),
    Mutation(
        "a set is judged by weights that were fitted to it as well",
        "pipeline/prompts/fitting.py",
        "for name, each in chosen.items() if name != left_out for",
        "for name, each in chosen.items() for",
        (FITTING,),
    ),
    Mutation(
        "frame 1 is not held against the still",
        "pipeline/take.py",
        "recipe.prompt, picture, _seams(recipe))",
        "recipe.prompt, None, _seams(recipe))",
        (TAKE,),
    ),
    Mutation(
        "a prompt about light excuses a jump right after the first frame",
        "pipeline/clips/jumps.py",
        "for at, value in jumps.items() if at == 0}",
        "for at, value in jumps.items() if at < 0}",
        (FAULTS_OF_CLIPS,),
    ),
    Mutation(
        "a take of before a list's change still stands for its shot",
        "farm/store/shots/revising.py",
        "review, why, who, cleared=True)",
        "review, why, who)",
        (CHANGED,),
    ),
    Mutation(
        "what a list ordered and nobody judged does not begin a wish",
        "farm/store/queue/judged_takes.py",
        "_any.c.rung == 0, ~_any.c.by_hand)",
        "_any.c.rung == 0, ~_any.c.by_hand, _any.c.verdict.is_not(None))",
        (CHANGED,),
    ),
    Mutation(
        "a dry run leaves its database open",
        "farm/cli/context.py",
        "    if store:\n        click.get_current_context().call_on_close(store.close)\n",
        "",
        (COMMANDS,),
    ),
    Mutation(
        "inline workers load their models at once",
        "farm/cluster/inline.py",
        "        with self._loading:\n            # What",
        "        with threading.Lock():\n            # What",
        (INLINE,),
    ),
    Mutation(
        "a worker renders while another one reads its model",
        "farm/cluster/inline.py",
        "        free = [] if self._drained or loads else",
        "        free = [] if self._drained else",
        (INLINE,),
    ),
    Mutation(
        "a still of another length serves as the condition of this one",
        "pipeline/engines/wan_conditions.py",
        "width=width, height=height, frames=frames",
        "width=width, height=height",
        (KEPT,),
    ),
    Mutation(
        "texts of another precision serve this one",
        "pipeline/engines/wan.py",
        "{fingerprint(folder / 'text_encoder')} {profile.model.dtype} {on}",
        "{fingerprint(folder / 'text_encoder')} {on}",
        (KEPT,),
    ),
    Mutation(
        "kept tensors that cannot be read cost the take",
        "pipeline/storage/tensors.py",
        "except (OSError, SafetensorError) as error:",
        "except OSError as error:",
        (TENSORS,),
    ),
    Mutation(
        "latents outlive the clip that they became",
        "pipeline/take.py",
        "    segments.forget(recipe, tools.kept)\n",
        "",
        (TAKE,),
    ),
    Mutation(
        "latents that cannot be decoded are tried for ever",
        "pipeline/segments.py",
        "if found and fault.cause is Cause.MACHINE:",
        "if False:",
        (TAKE,),
    ),
    Mutation(
        "a full card costs a finished denoise",
        "pipeline/segments.py",
        "if found and fault.cause is Cause.MACHINE:",
        "if found:",
        (TAKE,),
    ),
    Mutation(
        "a later segment begins with the still again",
        "pipeline/segments.py",
        "Image.fromarray(made[-1][-1]) if made else picture",
        "picture",
        (SEGMENTS,),
    ),
    Mutation(
        "the frame that two segments share is shown twice",
        "pipeline/segments.py",
        "frames[1:] if number else frames",
        "frames",
        (SEGMENTS,),
    ),
    Mutation(
        "latents go on from frames that are gone",
        "pipeline/segments.py",
        "        kept.forget(Kind.LATENTS, _key(recipe, later))\n",
        "        pass\n",
        (SEGMENTS,),
    ),
    Mutation(
        "nobody looks where segments meet",
        "pipeline/take.py",
        "recipe.prompt, picture, _seams(recipe))",
        "recipe.prompt, picture, ())",
        (SEGMENTS,),
    ),
    Mutation(
        "a camera that is held in a hand has seams",
        "pipeline/clips/seams.py",
        "if value > max(limit, usual):",
        "if value > limit:",
        (SEAMS,),
    ),
    Mutation(
        "a motion that turns back at a seam goes on",
        "pipeline/clips/seams.py",
        "(came * went).sum()",
        "-(came * went).sum()",
        (SEAMS,),
    ),
    Mutation(
        "light that was asked for is a seam",
        "pipeline/clips/seams.py",
        "[] if asked else of_light",
        "of_light",
        (SEAMS,),
    ),
    Mutation(
        "a stage is asked for once more in the next segment",
        "pipeline/prompts/division.py",
        "[clause for clause in read.clauses if clause not in gone]",
        "[*read.clauses]",
        (DIVISION,),
    ),
    Mutation(
        "style that follows the last stage is said to the last segment alone",
        "pipeline/prompts/division.py",
        "        if after is None:\n",
        "        if False:\n",
        (DIVISION,),
    ),
    Mutation(
        "a segment is asked for nothing where its stage has no word",
        "pipeline/prompts/division.py",
        "near = part if _WORD.search(part) else near",
        "near = part",
        (DIVISION,),
    ),
    Mutation(
        "a longer clip changes the recipes of the others",
        "pipeline/recipe.py",
        '        segments = values.pop("segments")\n',
        '        segments = values["segments"]\n',
        (RECIPES,),
    ),
    Mutation(
        "segments have the noise of the first",
        "pipeline/recipe_changes.py",
        "    if not number:\n        return seed\n",
        "    if number is not None:\n        return seed\n",
        (RECIPES,),
    ),
    Mutation(
        "a decode that finds no room is not tried in tiles",
        "pipeline/engines/wan.py",
        "        vae.enable_tiling()\n",
        "        raise torch.OutOfMemoryError\n",
        (SPEED,),
    ),
    Mutation(
        "the next take is decoded in tiles too",
        "pipeline/engines/wan.py",
        "        finally:\n            vae.disable_tiling()\n",
        "        finally:\n            pass\n",
        (SPEED,),
    ),
    Mutation(
        "a step cache wraps the calls of every model of the process",
        "pipeline/engines/step_cache.py",
        "    model.__class__ = type(type(model).__name__, (type(model),), {})\n",
        "",
        (SPEED,),
    ),
    Mutation(
        "each size is compiled by itself",
        "pipeline/engines/acceleration.py",
        "fullgraph=True, dynamic=True",
        "fullgraph=True, dynamic=False",
        (SPEED,),
    ),
    Mutation(
        "speed is no part of the revision",
        "pipeline/profiles/profile.py",
        "if self.speed != SpeedSection():",
        "if False:",
        (REVISION,),
    ),
    Mutation(
        "all tokens share one scale",
        "pipeline/engines/quantised.py",
        "    scale = (full.abs().amax(dim=1, keepdim=True) / INT8_MOST).clamp(min=LEAST_SCALE)\n",
        "    scale = (full.abs().amax() / INT8_MOST).clamp(min=LEAST_SCALE).expand(len(rows), 1)\n",
        (QUANTISED,),
    ),
    Mutation(
        "many tokens are multiplied at once whatever memory that takes",
        "pipeline/engines/quantised.py",
        "if torch.compiler.is_compiling():",
        "if True:",
        (QUANTISED, NEEDS),
    ),
    Mutation(
        "a LoRA is added in full whatever its strength",
        "pipeline/engines/wan_experts.py",
        "weight.float() + lora.strength * added",
        "weight.float() + added",
        (EXPERTS,),
    ),
    Mutation(
        "a LoRA of one expert changes both",
        "pipeline/engines/wan_experts.py",
        "                if lora.expert == side\n",
        "                if side\n",
        (EXPERTS,),
    ),
    Mutation(
        "the expert that waits is never put in place",
        "pipeline/engines/wan_exchange.py",
        "        self._exchange.put(self._part)\n        return",
        "        return",
        (EXCHANGE,),
    ),
    Mutation(
        "a worker goes on with half of each expert",
        "pipeline/engines/wan_exchange.py",
        "        self._part = None\n        for",
        "        for",
        (EXCHANGE,),
    ),
    Mutation(
        "prepared weights are found by the name of their model alone",
        "pipeline/engines/wan_prepared.py",
        "{key_of(**form(profile))[:12]}",
        "prepared",
        (PREPARED,),
    ),
    Mutation(
        "what was prepared before it was broken off is kept whatever it was made of",
        "pipeline/engines/prepared_record.py",
        'kept["files"] if same else {}',
        'kept["files"]',
        (PREPARED,),
    ),
    Mutation(
        "a weight and its scale are parted where preparing is broken off",
        "pipeline/engines/wan_prepared.py",
        "if not name.endswith(SCALE) and _bytes",
        "if _bytes",
        (PREPARED,),
    ),
    Mutation(
        "an expert that waits needs no memory",
        "pipeline/engines/wan_needs.py",
        "return int(PROCESS + self.waiting)",
        "return int(PROCESS)",
        (NEEDS, LOADING),
    ),
    Mutation(
        "a text encoder that has no room is put on the card all the same",
        "pipeline/engines/wan.py",
        "in_layers=reading is TextEncoderOn.FILE",
        "in_layers=False",
        ("integration/pipeline/engines/test_wan_kept.py",),
    ),
    Mutation(
        "pairs that all agree say that nothing can differ",
        "farm/domain/paired_difference.py",
        "    variance = n * (2 * only_first + difference * (1 - difference))\n",
        "    variance = first + second\n",
        (INTERVAL,),
    ),
    Mutation(
        "few pairs without a loss let a profile stand",
        "farm/domain/comparison.py",
        "    if found.low > -margin:\n",
        "    if found.difference > -margin:\n",
        (COMPARISON,),
    ),
    Mutation(
        "two seeds of a shot count as two shots",
        "farm/domain/comparison.py",
        ".times(1 / effect)",
        "",
        (COMPARISON,),
    ),
    Mutation(
        "a profile that is sped up counts as exact",
        "farm/domain/stand_in.py",
        "    return saves == SpeedSection() and not profile.stands_for\n",
        "    return not profile.stands_for\n",
        (STAND_IN,),
    ),
    Mutation(
        "profiles that are judged by other rules make pairs",
        "farm/domain/stand_in.py",
        '    for section in ("match", "clip", "lettering"):\n',
        "    for section in ():\n",
        (STAND_IN,),
    ),
    Mutation(
        "what a profile stands for changes its revision",
        "pipeline/profiles/profile.py",
        'include={"model", "sampler", "frame"}',
        'include={"model", "sampler", "frame", "stands_for"}',
        (REVISION,),
    ),
    Mutation(
        "each take of a pair is judged by its own lines",
        "farm/comparison/films.py",
        "        verdict=verdict(take.match, take.findings, zones, coverage),\n",
        "        verdict=take.verdict,\n",
        (PAIRS,),
    ),
    Mutation(
        "a gate that was interrupted begins anew",
        "farm/operations/compare_profiles.py",
        "if each.recipe.hash not in self._takes]",
        "if each.recipe.hash]",
        (PAIRS,),
    ),
    Mutation(
        "a record outlives its exact profile",
        "farm/operations/gated.py",
        "each.exact.revision != exact.revision or ",
        "",
        (PAIRS,),
    ),
    Mutation(
        "a long take of a gate loses its lease",
        "farm/comparison/batch.py",
        "            self._cluster.extend([*self._running], self._pace.lease_seconds)\n",
        "",
        (BATCH,),
    ),
    Mutation(
        "a take of a gate returns to the worker that failed it",
        "farm/comparison/batch.py",
        "Guest(number, each.failed_on)",
        "Guest(number)",
        (BATCH,),
    ),
    Mutation(
        "the sweep puts the clips of a gate aside",
        "farm/scheduler/sweep.py",
        " and not self.media.exists(where.removesuffix(CLIP) + TOLD)",
        "",
        (SWEEP,),
    ),
    Mutation(
        "a worker gets a third take while two wait for their clips",
        "farm/cluster/attempts.py",
        " < self.wave and len(self.all) < self.wave + MOST_TAILS\n",
        " < self.wave\n",
        (ATTEMPTS, INLINE_TAILS),
    ),
    Mutation(
        "the lease of a tail is not extended",
        "farm/cluster/worker.py",
        "            if job := self._jobs.get(key):\n                job.deadline",
        "            if (job := self._jobs.get(key)) and not job.rendered:\n                job.deadline",
        (WORKER_TAILS, INLINE_TAILS),
    ),
    Mutation(
        "latents are forgotten before their clip is sealed",
        "pipeline/take.py",
        "    clip = _seal(frames, order, tools)\n",
        "    segments.forget(recipe, tools.kept)\n    clip = _seal(frames, order, tools)\n",
        (PARTS,),
    ),
    Mutation(
        "the scorer is asked by two takes at once",
        "pipeline/stage_clock.py",
        "        while not lock.acquire(timeout=TURN_SECONDS):\n"
        "            self._watcher.stage(WAITING)\n"
        "        try:\n            yield\n        finally:\n            lock.release()\n",
        "        yield\n",
        (TAILS, PARTS),
    ),
    Mutation(
        "the wait for the scorer counts as a stage's time",
        "pipeline/stage_clock.py",
        "        self.stop()\n        while not lock.acquire",
        "        while not lock.acquire",
        (PARTS,),
    ),
    Mutation(
        "a tail passes unscored when the machine fails beside it",
        "farm/cluster/worker.py",
        "            if isinstance(answer, Faulted) and answer.cause is Cause.MACHINE:\n",
        "            if isinstance(answer, Lost):\n",
        (WORKER_TAILS, INLINE_TAILS),
    ),
    Mutation(
        "nobody is told of a take whose actor is replaced for another one's fault",
        "farm/cluster/ray/slot.py",
        "            told += self._end_jobs(beside(outcome, job.title))\n",
        "            self._end_jobs(beside(outcome, job.title))\n",
        (RAY_TAILS,),
    ),
    Mutation(
        "a take that waits for its tail counts as stuck",
        "farm/scheduler/stalls.py",
        "        if stage != WAITING and (stage, step)",
        "        if (stage, step)",
        (STALLS, SCHEDULER_TAILS),
    ),
    Mutation(
        "a measurement is written down at its end alone",
        "tests/gpu/record.py",
        '            self.found["stages"][stage.name] = result\n            self._write()\n',
        '            self.found["stages"][stage.name] = result\n',
        (MEASURED,),
    ),
    Mutation(
        "a measurement goes on when its time is over",
        "tests/gpu/record.py",
        "        if (left := self.left) < stage.seconds:\n",
        "        if (left := self.left) < -stage.seconds:\n",
        (MEASURED,),
    ),
    Mutation(
        "a measurement without a card succeeds",
        "tests/gpu/measure.py",
        '        sys.stderr.write(f"{NO_CARD}\\n")\n        return 1\n',
        '        sys.stderr.write(f"{NO_CARD}\\n")\n        return 0\n',
        (REHEARSAL,),
    ),
    Mutation(
        "a measured take exchanges its experts once",
        "tests/gpu/takes.py",
        "    exchanges = 2 * parts.exchange /",
        "    exchanges = parts.exchange /",
        (COSTS,),
    ),
    Mutation(
        "more wheels are carried than may be",
        "tests/gpu/wheels.py",
        "    if size <= MOST:\n",
        "    if size:\n",
        (WHEELS,),
    ),
    Mutation(
        "each waiting weight is pinned by itself",
        "pipeline/engines/wan_exchange.py",
        "        if used + size > len(block):\n            block, used = waiting_memory(max(BLOCK, ",
        "        if True:\n            block, used = waiting_memory(max(0, ",
        (EXCHANGE,),
    ),
    Mutation(
        "a limit of memory stays when its time is over",
        "pipeline/models/device_memory.py",
        "set_per_process_memory_fraction(1.0)",
        "set_per_process_memory_fraction(0.5)",
        (DEVICE_MEMORY,),
    ),
    Mutation(
        "experts change places for each take of a wave",
        "pipeline/engines/turns.py",
        "        grows = self._phase is Phase.HIGH and len(low) < self._wave\n",
        "        grows = False\n",
        (TURNS, WAN_WAVES),
    ),
    Mutation(
        "takes of a wave share what a call keeps in its model",
        "pipeline/engines/wan_conditions.py",
        "        model = copy(self)\n",
        "        model = self\n",
        (WAN_WAVES,),
    ),
    Mutation(
        "a take that waits goes on after the machine failed another",
        "pipeline/engines/turns.py",
        "            if broken:\n",
        "            if broken and not turns._waiting:\n",
        (TURNS, PARTS),
    ),
    Mutation(
        "a worker gets a second take of a wave while another has none",
        "farm/cluster/inline.py",
        " for slot in sorted(free, key=lambda slot: len(slot.attempts.renders))]\n",
        " for slot in free]\n",
        (INLINE_WAVES, SCHEDULER_WAVES),
    ),
    Mutation(
        "a worker's death counts for a take that waited in it",
        "farm/cluster/attempts.py",
        "    if waited and isinstance(outcome, Faulted)",
        "    if False and isinstance(outcome, Faulted)",
        (ATTEMPTS,),
    ),
    Mutation(
        "one frame that reads otherwise is a changed label",
        "pipeline/clips/readings.py",
        "    return best if len(best) >= SEVERAL else []\n",
        "    return best\n",
        (READINGS,),
    ),
    Mutation(
        "a label that comes back is lost",
        "pipeline/clips/readings.py",
        "        if each.shown in (Shown.SAME, Shown.OUTSIDE):\n            break\n",
        "        if each.shown in (Shown.SAME, Shown.OUTSIDE):\n            continue\n",
        (READINGS,),
    ),
    Mutation(
        "a covered word is another word",
        "pipeline/clips/readings.py",
        "    if share := spelling.part(read, known):\n",
        "    if (share := spelling.part(read, known)) and not read:\n",
        (READINGS,),
    ),
    Mutation(
        "a row of lamps is a word",
        "pipeline/stills/spelling.py",
        " and len(set(read)) > 1\n",
        "\n",
        (SPELLING, LETTERED_STILL),
    ),
    Mutation(
        "letters that look a little alike are taken for the same",
        "pipeline/clips/label_trail.py",
        "ALIKE = 0.85\n",
        "ALIKE = 0.3\n",
        (LETTERING,),
    ),
    Mutation(
        "a caption that the prompt asks for is accused",
        "pipeline/clips/lettering.py",
        "                or spelling.named(read, prompt)\n",
        "",
        (LETTERING,),
    ),
    Mutation(
        "a must-keep word is followed on the subject alone",
        "pipeline/clips/lettering.py",
        "        if kept or box is None or _stands_in(line.box, box)\n",
        "        if box is None or _stands_in(line.box, box)\n",
        (LETTERING,),
    ),
    Mutation(
        "a wrong label is left to the match",
        "pipeline/take.py",
        "clip_lint.findings(told, profile.lettering.errors)",
        "clip_lint.findings(told)",
        (LETTERED_TAKE,),
    ),
    Mutation(
        "where nobody can read nothing is said",
        "pipeline/clips/lettering.py",
        "    if reader is None:\n        return (), (Finding",
        "    if reader is None:\n        return (), () and (Finding",
        (LETTERED_TAKE,),
    ),
    Mutation(
        "a label that was lost is said to be followed",
        "pipeline/clips/lettering.py",
        "        followed += [] if told else readings.followed(",
        "        followed += readings.followed(",
        (LETTERING,),
    ),
    Mutation(
        "a label that stays hides one that was lost",
        "farm/domain/lettering.py",
        "    kind = min((each.told for each in told)",
        "    kind = max((each.told for each in told)",
        (TOLD_LETTERING,),
    ),
    Mutation(
        "the worker is not told which words its shot must keep",
        "farm/domain/lease.py",
        "            must_keep=self.must_keep,\n",
        "",
        (CLAIMS,),
    ),
    Mutation(
        "the reader takes all cores",
        "pipeline/models/text_reader.py",
        '        "EngineConfig.onnxruntime.intra_op_num_threads": threads,\n',
        "",
        (READER,),
    ),
    Mutation(
        "a judge that has died is not made anew",
        "farm/cluster/ray/judge_place.py",
        "            max_restarts=MOST_RESTARTS,\n",
        "            max_restarts=0,\n",
        (RAY_JUDGE,),
    ),
    Mutation(
        "a question that the judge died of is passed over",
        "farm/cluster/ray/shared_scorer.py",
        '            raise CannotJudge(f"the judge died: {why(error)}") from error\n        seconds',
        "            return Said(())\n        seconds",
        (RAY_JUDGE,),
    ),
    Mutation(
        "a judge on a broken device goes on answering",
        "farm/cluster/ray/judge.py",
        "            if self._failures >= FAILURES:\n",
        "            if False:\n",
        (JUDGE,),
    ),
    Mutation(
        "where a scorer is asked changes its name",
        "pipeline/scoring/protocol.py",
        '"coverage", "partial", *WHERE_ASKED}',
        '"coverage", "partial"}',
        (LOADING_A_JUDGE,),
    ),
    Mutation(
        "a worker loads a scorer of its own beside the judge",
        "farm/cluster/loading.py",
        "    shared = settings.judge() if settings.judge else None",
        "    own = own or load_scorer(settings)\n    shared = None",
        (LOADING_A_JUDGE,),
    ),
    Mutation(
        "workers leave their judge no room on a card",
        "farm/cluster/ray/plan.py",
        "    if not judge or gpus > 1:\n",
        "    if judge or gpus > 1:\n",
        (PLAN,),
    ),
    Mutation(
        "every frame travels to a judge that looks at some",
        "pipeline/scoring/sampling.py",
        "    return frames if in_parts else frames[sample(len(frames), wanted)]\n",
        "    return frames\n",
        (SAMPLING,),
    ),
    Mutation(
        "a judge's memory is not counted",
        "pipeline/engines/wan_needs.py",
        "    if wanted.least + beside > card.memory:\n",
        "    if wanted.least > card.memory:\n",
        (NEEDS,),
    ),
    Mutation(
        "a worker takes the judge's memory of their card",
        "pipeline/models/device_memory.py",
        "    if card is not None and size:\n",
        "    if False:\n",
        (DEVICE_MEMORY,),
    ),
    Mutation(
        "a device that is not there is taken for another",
        "pipeline/models/device.py",
        "    if number < there:\n        return wanted\n",
        "    if number <= there:\n        return wanted\n",
        (DEVICE,),
    ),
    Mutation(
        "a film's last frame is not looked at",
        "pipeline/clips/film.py",
        "        if last is not None and number % every:\n",
        "        if False:\n",
        (FILM,),
    ),
    Mutation(
        "rows of labels that will not do are left out",
        "farm/operations/labels_file.py",
        "    if problems:\n",
        "    if False:\n",
        (LABELS_FILE,),
    ),
    Mutation(
        "cells beyond the headings are passed over, and half of a prompt is judged",
        "farm/operations/labels_file.py",
        "map(str, cells[len(names) :])",
        "()",
        (LABELS_FILE,),
    ),
    Mutation(
        "a quotation mark that is left open swallows the row below",
        "farm/shotlist/formats/table.py",
        "if behind.strip() and _LINE_END.search(quoted):",
        "if False:",
        (LABELS_FILE,),
    ),
    Mutation(
        "line ends of another machine are left in a prompt",
        "farm/operations/labels_file.py",
        '"\\n".join(fields.text(cell).splitlines())',
        "fields.text(cell)",
        (LABELS_FILE,),
    ),
    Mutation(
        "a still that cannot be read is found after hours of judging",
        "farm/operations/calibrate.py",
        "        if wrong[row.still]:\n",
        "        if False:\n",
        (FILMS_JUDGED,),
    ),
    Mutation(
        "a clip that is labelled twice counts twice",
        "farm/operations/labels_file.py",
        "        if one is not row:\n",
        "        if False:\n",
        (LABELS_FILE,),
    ),
    Mutation(
        "one picture is judged as a film",
        "pipeline/clips/film.py",
        "    if len(kept) == 1:",
        "    if len(kept) == 0:",
        (FILM,),
    ),
    Mutation(
        "what happens twice is asked for its order",
        "pipeline/scoring/questions.py",
        "        if times[one] == times[other] == 1:\n",
        "        if times:\n",
        (VQA,),
    ),
    Mutation(
        "of a must-keep word that is nowhere nothing is said",
        "pipeline/clips/lettering.py",
        "    followed += _not_followed(sure, labels, prompt, must_keep)\n",
        "",
        (LETTERING,),
    ),
    Mutation(
        "a must-keep word that stands in several lines is not to be read",
        "pipeline/clips/kept_words.py",
        "for line in (*_made_of(order, own), *_one_below_the_other(order, own)):",
        "for line in ():",
        (LETTERING,),
    ),
    Mutation(
        "a must-keep word over several lines is followed only where nothing stands beside it",
        "pipeline/clips/kept_words.py",
        "(*_made_of(order, own), *_one_below_the_other(order, own))",
        "_made_of(order, own)",
        (KEPT_WORDS,),
    ),
    Mutation(
        "of a must-keep word in more lines than are followed nothing is said",
        "pipeline/clips/lettering.py",
        "if not own or (having and not left):",
        "if not own or (having and left < len(having)):",
        (LETTERING,),
    ),
    Mutation(
        "the end of one line and the beginning of the next are taken for a must-keep word",
        "pipeline/clips/kept_words.py",
        "    if begin < 0 or (begin not in begins and end not in ends):\n",
        "    if begin < 0:\n",
        (KEPT_WORDS,),
    ),
    Mutation(
        "of a must-keep word for which no place is left nothing is said",
        "pipeline/clips/lettering.py",
        "        elif having:\n",
        "        elif having:\n            continue\n        elif False:\n",
        (LETTERING,),
    ),
    Mutation(
        "clips that do not pass leave a status of success",
        "farm/cli/commands/judge.py",
        "    if not told.passed:\n",
        "    if False:\n",
        (FILMS_JUDGED,),
    ),
    Mutation(
        "a judge that says anything passes the check",
        "tests/judge_check.py",
        "    return 0 if told.judges else 1\n",
        "    return 0\n",
        (JUDGE_CHECK,),
    ),
    Mutation(
        "profiles that are judged elsewhere make no pairs",
        "farm/domain/stand_in.py",
        'mode="json", exclude={"partial", *WHERE_ASKED})',
        'mode="json")',
        (STAND_IN,),
    ),
    Mutation(
        "a stage that was cut counts where the scorer sees it",
        "pipeline/scoring/wish.py",
        "    if not asked:\n",
        "    if not asked and value is None:\n",
        (COVERAGE,),
    ),
    Mutation(
        "a take is accepted by its own prompt",
        "pipeline/take.py",
        "    return Verdict.ACCEPTED if coverage.whole else Verdict.PARTLY\n",
        "    return Verdict.ACCEPTED if match.score else Verdict.PARTLY\n",
        (TAKE,),
    ),
    Mutation(
        "a part is accepted without a word of the profile",
        "farm/domain/gate.py",
        'profile.match.partial == "accept"',
        'profile.match.partial != "nothing"',
        (
            DECIDE,
            KEPT_COVERAGE,
        ),
    ),
    Mutation(
        "a take that shows a part is made again",
        "pipeline/ladder.py",
        "    if latest.verdict is Verdict.PARTLY:\n",
        "    if latest.verdict is Verdict.PARTLY and latest.purged:\n",
        (
            DECIDE,
            KEPT_COVERAGE,
        ),
    ),
    Mutation(
        "the better match stands for a shot, however little it shows",
        "pipeline/ladder.py",
        "    return _STANDING[take.verdict], -missing, score, take.number\n",
        "    return _STANDING[take.verdict], 0 * missing, score, take.number\n",
        (DECIDE,),
    ),
    Mutation(
        "a worker is told the take's prompt as the wish",
        "farm/store/queue/claims.py",
        "        wish=row.wish,\n",
        '        wish=row.recipe["prompt"],\n',
        (KEPT_COVERAGE,),
    ),
    Mutation(
        "a person's word on a part is a label of the match",
        "farm/store/queries/labels.py",
        "Take.verdict.not_in((Verdict.BAD_CLIP, Verdict.PARTLY))",
        "Take.verdict.not_in((Verdict.BAD_CLIP,))",
        (KEPT_COVERAGE,),
    ),
    Mutation(
        "a stage is cut before all that cuts none was tried",
        "pipeline/ladder.py",
        "        if rung.whole and not _keeps_all",
        "        if False and not _keeps_all",
        (DIAGNOSIS,),
    ),
    Mutation(
        "a remedy with another seed is tried for ever",
        "pipeline/ladder.py",
        '    if not rung.new_seed or profile.retakes.by == "article":\n',
        "    if not rung.new_seed or profile.name:\n",
        (DIAGNOSIS,),
    ),
    Mutation(
        "strangers stay at L2",
        "pipeline/prompts/rules.py",
        "        return acts and clause.actor in others and clause not in kept\n",
        "        return acts and clause.actor in others and clause in kept\n",
        (SIMPLIFY,),
    ),
    Mutation(
        "a take passes where the scorer died of a stage",
        "pipeline/take.py",
        "    if coverage is None:\n        return Verdict.UNSCORED\n",
        "    if coverage is None:\n        return Verdict.ACCEPTED\n",
        (TAKE,),
    ),
    Mutation(
        "a move of the camera is cut before all that cuts nothing was tried",
        "pipeline/ladder.py",
        'main_only=profile.match.coverage == "stages"',
        "main_only=True",
        (DIAGNOSIS,),
    ),
    Mutation(
        "previews of a lost attempt stay behind",
        "farm/scheduler/sweep.py",
        "        if shown:\n",
        "        if shown:\n            return None\n        if shown:\n",
        (SWEEP,),
    ),
    Mutation(
        "a failed preview loses the take",
        "pipeline/take.py",
        "    except Exception as error:  # they can be made at any time",
        "    except ValueError as error:  # they can be made at any time",
        (TAKE,),
    ),
    Mutation(
        "whoever loads the page of a refusal anew is told of a method",
        "farm/desk/app.py",
        "        if request.method in READS and (page_there := _page_above(request)):\n",
        "        if request.method == '' and (page_there := _page_above(request)):\n",
        (DESK_ADDRESSES,),
    ),
    Mutation(
        "a browser that is closed while it sends is a fault of the desk",
        "farm/desk/forms.py",
        "    RequestPayloadError, ConnectionError,\n",
        "    RequestPayloadError,\n",
        (DESK_ADDRESSES,),
    ),
    Mutation(
        "the page of lists tells where the farm keeps its files",
        "farm/desk/templates/submit.html",
        '<td>{{ each.message | replace(looked.folder, "") }}</td>',
        "<td>{{ each.message }}</td>",
        (DESK_BAD_UPLOADS,),
    ),
    Mutation(
        "a film that is lost is said to be removed by somebody",
        "farm/desk/templates/shot.html",
        '{{ t("lost" if card.lost else "purged") }}',
        '{{ t("purged") }}',
        (DESK_LOOKING,),
    ),
    Mutation(
        "the desk answers to any host",
        "farm/desk/access.py",
        "        if host is None or not policy.answers_to(host):\n",
        "        if host is None:\n",
        (ACCESS,),
    ),
    Mutation(
        "the desk takes a change from the origin of another port",
        "farm/desk/access.py",
        'return one_header(request, "Origin") == f"{scheme}://{host}"\n',
        'return f"{scheme}://{host.partition(\':\')[0]}:" in request.headers.get("Origin", "")\n',
        (ACCESS,),
    ),
    Mutation(
        "the desk takes a change from whatever is the same site",
        "farm/desk/access.py",
        'one_header(request, "Sec-Fetch-Site") == "same-origin"',
        'one_header(request, "Sec-Fetch-Site") in ("same-origin", "same-site")',
        (ACCESS,),
    ),
    Mutation(
        "a guest of the desk sees pages that forgot to ask",
        "farm/desk/access.py",
        "        if visitor.opening and not request.get(_ASKED) and not response.prepared:\n",
        "        if visitor.role and not request.get(_ASKED) and not response.prepared:\n",
        (ACCESS,),
    ),
    Mutation(
        "a revoked person's session at the desk lives on",
        "farm/desk/sessions.py",
        "            if found is None:\n                self._sessions.pop(place, None)\n"
        "                return None\n",
        "            if found is None:\n                return session.visitor\n",
        (SESSIONS, SIGN_IN),
    ),
    Mutation(
        "the desk believes the user's header from any address",
        "farm/desk/visitors.py",
        '        if not self.policy.trusts(request.remote or ""):\n            return None\n',
        "",
        (BEHIND_A_PROXY,),
    ),
    Mutation(
        "wrong tokens at the desk are never too many",
        "farm/desk/visitors.py",
        "        if self._wrong.wait(address):\n",
        "        if self._wrong.wait(address) < 0:\n",
        (SIGN_IN,),
    ),
    Mutation(
        "a client link opens another production",
        "farm/domain/roles.py",
        "        return production == opening.production and opening.shows(shot, take)\n",
        "        return production is not None and opening.shows(shot, take)\n",
        (ROLES, ACCESS),
    ),
    Mutation(
        "tokens of the desk are kept as they are",
        "farm/operations/tokens.py",
        '    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()\n',
        "    return token\n",
        (PEOPLE,),
    ),
    Mutation(
        "an expired client link opens still",
        "farm/operations/sign_in.py",
        "    return Outcome.EXPIRED if found.expired else Outcome.SIGNED_IN\n",
        "    return Outcome.SIGNED_IN\n",
        (PEOPLE, SIGN_IN),
    ),
    Mutation(
        "a shot with a take that the person did not know is approved",
        "farm/store/shots/stale.py",
        "    if newest is not None and newest != shot.number:\n",
        "    if newest is not None and newest > shot.number:\n",
        (STALE, DECIDING),
    ),
    Mutation(
        "a review is moved over what somebody else made of it",
        "farm/store/shots/stale.py",
        "    if moved.who != who:\n",
        "    if not moved.who:\n",
        (STALE,),
    ),
    Mutation(
        "anybody undoes what another decided",
        "farm/domain/undo.py",
        "    if decided and last.who != who:\n",
        "    if decided and not last.who:\n",
        (MACHINE, UNDONE, UNDO),
    ),
    Mutation(
        "a key that is held down decides on the next shot, too",
        "farm/desk/static/keys.js",
        " || (event.repeat && !/^([,.]|Arrow.*)$/.test(event.key))",
        "",
        (AT_THE_DESK,),
    ),
    Mutation(
        "a page shows how shots stood before what was decided",
        "farm/desk/places.py",
        "        if kept and kept[0] == events:\n",
        "        if kept:\n",
        (LINES,),
    ),
    Mutation(
        "a decision is undone over what followed it",
        "farm/domain/undo.py",
        "    key, last = happened[-1]\n    decided = decision(last)\n",
        "    key, last = ([each for each in happened if decision(each[1])] or happened)[-1]\n"
        "    decided = decision(last)\n",
        (UNDONE, UNDO),
    ),
    Mutation(
        "what an omission cancelled stays cancelled when that is undone",
        "farm/store/shots/undo.py",
        "        if back.cancelled is not None:\n",
        "        if back.cancelled == 0:\n",
        (MACHINE, UNDO),
    ),
    Mutation(
        "an approval that was undone is a label",
        "farm/store/queries/labels.py",
        "            LoggedEvent.id.not_in(_undone()),\n",
        "",
        (UNDO,),
    ),
    Mutation(
        "a comment is kept for a frame beyond the clip",
        "farm/domain/comment.py",
        "    if not 0 <= frame < frames:\n",
        "    if not 0 <= frame <= frames:\n",
        (COMMENT, COMMENTS),
    ),
    Mutation(
        "a comment is written without its event",
        "farm/store/shots/comments.py",
        "        return comment, write_events(connection, [news], row.at)\n",
        "        return comment, []\n",
        (EVENTS, COMMENTS),
    ),
    Mutation(
        "a stale decision passes through the page",
        "farm/desk/decisions.py",
        '    newest, known = whole(form, "newest"), known_review(form)\n',
        "    newest, known = None, None\n",
        (DESK_DECIDING,),
    ),
    Mutation(
        "a guest sees another take on the page",
        "farm/desk/shot.py",
        "            if visitor.may(Action.LOOK, production, code, take.number)\n",
        "            if visitor.may(Action.LOOK, production, code)\n",
        (DESK_ROLES,),
    ),
    Mutation(
        "the name of an uploaded file leads out of its folder",
        "farm/desk/uploads.py",
        '    if strange or any(part in ("", ".", "..") for part in parts) or ":" in parts[0]:\n',
        "    if strange:\n",
        (DESK_UPLOADS,),
    ),
    Mutation(
        "a guest gets tiles of shots that the link is not for",
        "farm/desk/grid.py",
        "board.tiles_of(desk.store, production, codes, visitor.opening)",
        "board.tiles_of(desk.store, production, codes, None)",
        (DESK_ROLES,),
    ),
    Mutation(
        "a row of shots begins at a box that news took away",
        "farm/desk/static/grid.js",
        "    last = event.target.value;\n",
        "    last = event.target;\n",
        (DESK_GRID,),
    ),
    Mutation(
        "what a shot must not show cannot be taken back at the desk",
        "farm/desk/retakes.py",
        '    return _wished(form, "negative") or ""\n',
        '    return _wished(form, "negative")\n',
        (DESK_STILLS,),
    ),
    Mutation(
        "a delivery that was fetched stays in the media root",
        "farm/desk/deliveries.py",
        "        REMOVING.submit(_removed, making.future)\n",
        "        pass\n",
        (DESK_DELIVERING,),
    ),
    Mutation(
        "gaps between tensors fill a card of 24 GB",
        "pipeline/engines/wan.py",
        "    avoid_fragmentation(device)\n",
        "",
        (GPU_MEASURE,),
    ),
    Mutation(
        "a turn of the desk is kept for every name that somebody asked for",
        "farm/desk/places.py",
        "                if not turn.waiting:\n",
        "                if turn.waiting < 0:\n",
        (LINES,),
    ),
    Mutation(
        "what is pressed twice is done twice",
        "farm/store/session.py",
        "            if self.key:\n                sent_forms.note(connection, self.key)\n",
        "",
        (SENT_FORMS, DESK_TWICE),
    ),
    Mutation(
        "what was refused under a key cannot be asked for again",
        "farm/store/session.py",
        "        with sentences(self.engine), self.engine.begin() as connection:\n"
        "            if self.key:\n",
        "        if self.key:\n"
        "            with self.engine.begin() as before:\n"
        "                sent_forms.note(before, self.key)\n"
        "        with sentences(self.engine), self.engine.begin() as connection:\n"
        "            if not self.engine:\n",
        (SENT_FORMS,),
    ),
    Mutation(
        "a token that nobody could look at is a wrong one",
        "farm/desk/visitors.py",
        "        except FarmError:  # nobody could look at it\n"
        "            self._wrong.was_not_wrong(address)\n"
        "            raise\n",
        "",
        (SIGN_IN,),
    ),
    Mutation(
        "a priority is given over the one that somebody else gave",
        "farm/store/shots/stale.py",
        "    if put.who != who:\n",
        "    if not put.who:\n",
        (STALE, DESK_SECOND),
    ),
    Mutation(
        "a shot goes on whatever became of it since it was seen",
        "farm/store/shots/holds.py",
        "        refuse_stale(connection, shot, who, newest, known)\n        before = shot.covered\n",
        "        before = shot.covered\n",
        (STALE, DESK_SECOND),
    ),
    Mutation(
        "what was dropped at a desk that was killed lies for ever",
        "farm/scheduler/sweep.py",
        "> max(LIES, self.grace):\n",
        "> 1e9 * max(LIES, self.grace):\n",
        (SWEEP,),
    ),
    Mutation(
        "uploads hold up all that the desk is asked",
        "farm/desk/forms.py",
        "loop.run_in_executor(HEAVY, ",
        "loop.run_in_executor(None, ",
        (DESK_LARGE,),
    ),
    Mutation(
        "pages are shown what was so before the news that they heard",
        "farm/desk/live.py",
        "            self._desk.another_edition()\n",
        "",
        (DESK_TOGETHER,),
    ),
    Mutation(
        "a guest is shown what was drawn for another link",
        "farm/desk/grid.py",
        "visitor.role, visitor.opening\n",
        "visitor.role\n",
        (DESK_TOGETHER,),
    ),
    Mutation(
        "a draft that was made again is taken for the one that was approved",
        "farm/domain/drafts.py",
        "        if named is None:\n",
        "        if False:\n",
        (DRAFTS, FINALS),
    ),
    Mutation(
        "a draft of another wish gets its final",
        "farm/domain/drafts.py",
        "        if take.by_list and not own:\n",
        "        if False:\n",
        (DRAFTS,),
    ),
    Mutation(
        "a draft is delivered",
        "farm/store/queries/selection.py",
        "    if not drafts:\n",
        "    if False:\n",
        (FINALS,),
    ),
    Mutation(
        "what the ladder makes of a draft is a full take",
        "farm/store/queue/transitions.py",
        "_as_before(shot.id, number) if tie is None else asdict(tie)",
        "asdict(tie or FULL)",
        (FINALS,),
    ),
    Mutation(
        "what the ladder makes of a draft is told as a full take",
        "farm/store/queue/transitions.py",
        "tie or Tie(draft_for=draft_for)",
        "tie or FULL",
        (FINALS,),
    ),
    Mutation(
        "a draft stands for its shot while its final is made",
        "farm/store/shots/finals.py",
        "who, cleared=True)",
        "who)",
        (FINALS,),
    ),
    Mutation(
        "a draft counts as an accepted clip",
        "farm/store/queries/production_report.py",
        "    passed -= standing.drafts\n",
        "",
        (SPENT,),
    ),
    Mutation(
        "what a worker had at once is billed twice",
        "farm/domain/spending.py",
        "(at - before) / len(there)",
        "at - before",
        (SPENDING, SPENT),
    ),
    Mutation(
        "an attempt whose beginning is told late shares its worker for ever",
        "farm/listeners/metrics/fold.py",
        "        if moment.attempt in self._early:\n",
        "        if False:\n",
        (METRICS,),
    ),
    Mutation(
        "an attempt whose shot is renamed meanwhile shares its worker for ever",
        "farm/listeners/metrics/series.py",
        "attempt=(event.shot_key,",
        "attempt=(event.shot,",
        (KEPT_FOLDS,),
    ),
    Mutation(
        "an attempt that took no time shares its worker for ever",
        "farm/listeners/metrics/fold.py",
        'if (seconds := data.get("seconds")) is not None:',
        'if seconds := data.get("seconds"):',
        (METRICS,),
    ),
    Mutation(
        "a worker is let go though a take waits for it",
        "farm/domain/fleet_size.py",
        "tired[: surplus - len(unwanted)]",
        "tired",
        (FLEET_SIZE,),
    ),
    Mutation(
        "there are more workers than was said",
        "farm/domain/fleet_size.py",
        "min(-surplus, by.most - len(staying))",
        "-surplus",
        (FLEET_SIZE,),
    ),
    Mutation(
        "a worker is let go that has only just worked",
        "farm/domain/fleet_size.py",
        " and each.idle_for >= by.idle_release",
        "",
        (FLEET_SIZE,),
    ),
    Mutation(
        "a take that backed off asks for no worker",
        "farm/store/queue/claimable.py",
        "            if not over:\n                return",
        "            if True:\n                return",
        (DEMAND,),
    ),
    Mutation(
        "machines are asked for while the disk is full",
        "farm/scheduler/demand.py",
        "0 if full else self._count(",
        "self._count(",
        (DEMAND,),
    ),
    Mutation(
        "a machine's end in Ray's other words costs its take a fault",
        "farm/cluster/ray/refs.py",
        '"because its node has died"',
        '"is dead because its node has died"',
        (REFS,),
    ),
    Mutation(
        "what waits for a place never learns that a machine may work again",
        "farm/cluster/ray/crew.py",
        "            if slot.standing is Standing.PENDING:\n                slot.leave()",
        "            if slot.standing is Standing.GONE:\n                slot.leave()",
        (CREW,),
    ),
    Mutation(
        "a take that was sent asks for another worker",
        "farm/cluster/ray/crew.py",
        "waiting=max(0, self._by.waiting - 1)",
        "waiting=self._by.waiting",
        (CREW,),
    ),
    Mutation(
        "a still that is shown is made anew of what was written over its file",
        "farm/operations/known_stills.py",
        "        return sha256_at(Path(still.image)) == still.picture\n",
        "        return Path(still.image).is_file()\n",
        (DESK_STILLS,),
    ),
    Mutation(
        "what somebody typed holds up all pages while it is translated",
        "farm/wording/translated.py",
        '    return {"profile": _PROFILE, "level": r"L\\d"}.get(name) or _plain(name)\n',
        "    return _plain(name)\n",
        (TRANSLATED,),
    ),
    Mutation(
        "a retake waits behind large files of others",
        "farm/desk/retakes.py",
        "        do = heavily if sent.files else ask\n",
        "        do = heavily\n",
        (DESK_LARGE,),
    ),
    Mutation(
        "a delivery takes the room that renders need",
        "farm/operations/packed_delivery.py",
        "    if needed + reserve > free:\n",
        "    if needed > free + reserve:\n",
        (DESK_DELIVERING,),
    ),
    Mutation(
        "of two presses two deliveries are made",
        "farm/desk/deliveries.py",
        "    if making is None or making.future.done():\n",
        "    if making is None or making:\n",
        (DESK_DELIVERING,),
    ),
    Mutation(
        "a delivery whose note fails is told as none",
        "farm/operations/deliver.py",
        "    except StoreError as error:  # the clips are there all the same\n",
        "    except ZeroDivisionError as error:\n",
        (DESK_DELIVERING,),
    ),
    Mutation(
        "what a person wrote is told in other words",
        "farm/wording/chinese_events.py",
        '    return f"{done}：{why}" if why else done\n',
        "    return _because(done, why)\n",
        (WORDS_OF_EVENTS,),
    ),
    Mutation(
        "a second press leads elsewhere than the first",
        "farm/desk/decisions.py",
        "PRESSED_AGAIN, look) if key else look()\n",
        "0.0, look) if key else look()\n",
        (DESK_DECIDING,),
    ),
    Mutation(
        "a stop is heard by one rank alone",
        "pipeline/engines/ranks.py",
        "        word = self._word_of(own) if own else None\n",
        "        word = None\n",
        (RANKS,),
    ),
    Mutation(
        "a size that ranks cannot share is begun",
        "pipeline/engines/rank_rules.py",
        "    if tokens % count == 0:\n",
        "    if tokens % count < count:\n",
        (RANK_RULES,),
    ),
    Mutation(
        "an inner value of a subgraph beats what is set from outside",
        "pipeline/comfy/flatten.py",
        "            told = place.by_inner.get((node.id, name), held)\n",
        "            told = held\n",
        (COMFY_FLATTEN,),
    ),
    Mutation(
        "what is bypassed hands nothing on",
        "pipeline/comfy/flatten.py",
        "                link = links.past(place.canvas, node, link.origin_slot)\n",
        "                link = None\n",
        (COMFY_FLATTEN,),
    ),
    Mutation(
        "the experts of a graph change places",
        "pipeline/comfy/samplers.py",
        "    return Row(tuple(found[::-1]), source)\n",
        "    return Row(tuple(found), source)\n",
        (COMFY_READING,),
    ),
    Mutation(
        "a switch of a graph is read the wrong way round",
        "pipeline/comfy/values.py",
        "yes if chosen else no",
        "no if chosen else yes",
        (COMFY_READING,),
    ),
    Mutation(
        "a take is written as a graph by a profile that has changed",
        "pipeline/comfy/takes.py",
        "    if (profile.name, profile.revision) != (recipe.profile, recipe.revision):\n",
        "    if profile.name != recipe.profile:\n",
        (COMFY_WRITING,),
    ),
    Mutation(
        "a prompt goes into a graph with its parentheses as weights",
        "pipeline/comfy/writing.py",
        "text=escaped(values.prompt), clip=clip",
        "text=values.prompt, clip=clip",
        (COMFY_WRITING,),
    ),
    Mutation(
        "a delivered film says nowhere that a model made it",
        "farm/delivery/finishing.py",
        "        makers.append(Mark(origin))\n",
        "        _ = origin\n",
        (LABELS,),
    ),
    Mutation(
        "a labelled film has its frames looked for where they were",
        "farm/delivery/film_boxes.py",
        "            new = offset + _move(offset, moves)\n",
        "            new = offset + 0 * _move(offset, moves)\n",
        (FILM_BOXES,),
    ),
    Mutation(
        "what is left of a recipe is not looked for",
        "farm/delivery/ai_labels/marking.py",
        '    return "what it said of itself" if holds_any(film, words) else ""\n',
        '    return ""\n',
        (MARKING,),
    ),
    Mutation(
        "the visible label ends after a second",
        "farm/delivery/ai_labels/visible.py",
        "math.ceil(SECONDS * film.fps)",
        "math.ceil(film.fps)",
        (VISIBLE_LABEL,),
    ),
    Mutation(
        "the visible label stands where the most happens",
        "farm/delivery/ai_labels/place.py",
        "    return min(\n",
        "    return max(\n",
        (LABEL_PLACE,),
    ),
    Mutation(
        "a film that was changed after it was signed passes as whole",
        "farm/delivery/verifying.py",
        "        broken = state is State.BROKEN or self.listed",
        "        broken = self.listed",
        (SIGNING,),
    ),
    Mutation(
        "half a copy of a delivered film is told of as no film of anybody",
        "farm/delivery/verifying.py",
        "        if listed is not Listed.CHANGED:\n",
        "        if listed:\n",
        (VERIFYING,),
    ),
    Mutation(
        "a clip that cannot be read stops the whole delivery",
        "farm/delivery/bringing.py",
        "                self._media.open(item.clip).close()\n",
        "                self._media.where(item.clip)\n",
        (DELIVERIES,),
    ),
    Mutation(
        "a folder with a colon in its name is taken for a protocol",
        "pipeline/clips/encode.py",
        "    return av.open(path.absolute(), ",
        "    return av.open(path, ",
        (MAKING,),
    ),
    Mutation(
        "a purge counts files that it could not remove",
        "farm/operations/purge.py",
        "replace(each, files=removed)",
        "each",
        (PURGE,),
    ),
    Mutation(
        "credentials that a remux dropped are not missed",
        "farm/delivery/verifying.py",
        "        unsigned=signed and credentials.state is State.NONE,\n",
        "        unsigned=False and signed,\n",
        (LABELS,),
    ),
    Mutation(
        "who left the visible label out is not in the log",
        "farm/operations/deliver.py",
        "            label=None if failed else label.as_event(),\n",
        "            label=None,\n",
        (LABELS,),
    ),
    Mutation(
        "a client's manifest has the prompt",
        "farm/operations/deliver.py",
        "        items = [item.without_recipe() for item in items]\n",
        "        items = [*items]\n",
        (LABELS,),
    ),
    Mutation(
        "a key that stands in the settings is shown",
        "farm/setting_problems.py",
        '    given_as = "" if key == "credentials" else f" (it is',
        '    given_as = f" (it is',
        (LABELS,),
    ),
    Mutation(
        "a key signs for a certificate of somebody else",
        "farm/delivery/credentials/keys.py",
        "    if _public_bytes(private) != _public_bytes(leaf):\n",
        "    if not _public_bytes(private):\n",
        (SIGNING_KEYS,),
    ),
    Mutation(
        "what a stranger wrote into a film controls the terminal",
        "farm/cli/display/verified.py",
        "each if each.isprintable() else",
        "each if each else",
        (VERIFYING,),
    ),
    Mutation(
        "a film that lost frames on the way is delivered",
        "farm/delivery/conform.py",
        "        if found != (expected, self.fps):\n",
        "        if found[1] != self.fps:\n",
        (FILMS,),
    ),
    Mutation(
        "motion ends before the last frame",
        "farm/delivery/conform.py",
        "_TAIL = 4\n",
        "_TAIL = 0\n",
        (FILMS,),
    ),
    Mutation(
        "a timeline begins at midnight",
        "farm/delivery/edl.py",
        "    start = START * timebase(rate)\n",
        "    start = 0\n",
        (TIMELINES,),
    ),
    Mutation(
        "two takes share a reel",
        "farm/domain/hand_off.py",
        "        if reel and counts[reel] == 1:\n",
        "        if reel:\n",
        (HAND_OFF,),
    ),
    Mutation(
        "a film that was cut short is delivered",
        "farm/delivery/steps.py",
        "            if stream.frames and count != stream.frames:\n",
        "            if stream.frames and count > stream.frames:\n",
        (STEPS,),
    ),
    Mutation(
        "a made film is in its place before the manifest knows of it",
        "farm/delivery/steps.py",
        "        before(made)\n        now.replace(to)\n",
        "        now.replace(to)\n        before(made)\n",
        (STEPS,),
    ),
    Mutation(
        "what somebody changed on a server is written over",
        "farm/delivery/remote.py",
        "            return size < place.stat().st_size and _sha256_of_first(file, size) == found\n",
        "            return True\n",
        (REMOTE,),
    ),
    Mutation(
        "a comment stands a frame before the one that it is about",
        "farm/delivery/timeline.py",
        "floor(frame * rate / shot.fps + Fraction(1, 2))",
        "floor(frame * rate / shot.fps)",
        (FILMS,),
    ),
    Mutation(
        "timelines of labelled films name the films without a label",
        "farm/operations/deliver.py",
        "media_root=root), to / folder)]\n",
        "media_root=plan.media_root), to / folder)]\n",
        (LABELS,),
    ),
    Mutation(
        "a film is thrown away whose clip cannot be delivered now",
        "farm/delivery/copying.py",
        "            if lies is Lies.THAT and (self._keep_old or file in troubled):\n",
        "            if lies is Lies.THAT and self._keep_old:\n",
        (MAKING,),
    ),
    Mutation(
        "a recipe that is rendered again is called the same whatever came of it",
        "pipeline/reproduction.py",
        "        return self.same_film or bool(self.same_render)\n",
        "        return self.same_film or self.same_render is not None\n",
        (REPRODUCTION, REPRODUCE),
    ),
    Mutation(
        "frames that encoding alone changed are called others",
        "pipeline/reproduction.py",
        "        return self.same_film or bool(self.same_render)\n",
        "        return self.same_film\n",
        (REPRODUCTION,),
    ),
    Mutation(
        "a take is rendered again by another revision without a word",
        "farm/operations/reproduce.py",
        "if profile.revision != found.recipe.revision and not anyway:",
        "if not profile.revision and not anyway:",
        (REPRODUCE,),
    ),
    Mutation(
        "a picture that was painted over makes no take stale",
        "farm/domain/stale.py",
        "bool(self.changed) or self.picture is PictureFile.CHANGED\n",
        "bool(self.changed)\n",
        (STALE_RULE, STALE_TAKES),
    ),
    Mutation(
        "a take is held against what was changed before it was ordered",
        "farm/store/queries/stale_takes.py",
        "if number > (row.ordered or 0)",
        "if number > 0",
        (STALE_TAKES,),
    ),
    Mutation(
        "what is being made again is paid for twice in a forecast",
        "farm/domain/stale.py",
        "[each for each in takes if each.under_way is None]",
        "[*takes]",
        (STALE_RULE, STALE_TAKES),
    ),
    Mutation(
        "a shot is cut by the end of a printed page",
        "farm/delivery/printed_sheet.py",
        "filled + high > room:",
        "filled > room:",
        (PRINTED,),
    ),
    Mutation(
        "a printed sheet bears another day each time it is made again",
        "farm/delivery/copying.py",
        "self._day = plan.dated or today()",
        "self._day = today()",
        (PRINTED,),
    ),
    Mutation(
        "a prompt whose answer was lost is sent again unseen",
        "pipeline/engines/comfyui/errand.py",
        "            if attempt and await self._is_there():\n",
        "            if attempt and not self._prompt:\n",
        (COMFYUI,),
    ),
    Mutation(
        "what a dead worker left on a server is not looked for",
        "pipeline/engines/comfyui/engine.py",
        "        if not prompts:\n",
        "        if prompts:\n",
        (ADOPTION,),
    ),
    Mutation(
        "a file is not looked for that a server has forgotten",
        "pipeline/engines/comfyui/errand.py",
        "            return await self._fetched(output_of(self._prompt.file))\n        except",
        "            return None\n        except",
        (ADOPTION,),
    ),
    Mutation(
        "a server's whole queue pays for a take that is cancelled",
        "pipeline/engines/comfyui/errand.py",
        "            if self._prompt.id in (await self._server.queue()).running:\n",
        "            if (await self._server.queue()).running:\n",
        (COMFYUI,),
    ),
    Mutation(
        "frames that are equal to the one before are lost",
        "pipeline/engines/comfyui/frames.py",
        'shown = max(1, round(film.info.get("duration", FRAME_MS) / FRAME_MS))',
        "shown = 1",
        (COMFYUI_FRAMES,),
    ),
    Mutation(
        "parentheses of a prompt are sent as weights",
        "pipeline/engines/comfyui/graph.py",
        '    return text.replace("(", "\\\\(").replace(")", "\\\\)")\n',
        "    return text\n",
        (COMFYUI_GRAPH,),
    ),
    Mutation(
        "a take ends where another one of its server does",
        "pipeline/engines/comfyui/following.py",
        'data.get("prompt_id", self._id) != self._id',
        "not data",
        (COMFYUI_EVENTS,),
    ),
    Mutation(
        "the node that an older server lacks is not named",
        "pipeline/engines/comfyui/answers.py",
        '    told = OLDER_MISSING.search(message) if kind == "invalid_prompt" else None\n',
        "    told = None\n",
        (COMFYUI_EVENTS,),
    ),
    Mutation(
        "a server that is gone is the take's fault",
        "farm/cluster/worker.py",
        "        except RenderLost as lost:\n            return Lost(str(lost))\n",
        "",
        (INLINE_SERVERS,),
    ),
    Mutation(
        "two workers ask one server",
        "farm/cluster/ray/renderers.py",
        "(each for each in servers if each not in held)",
        "(each for each in servers)",
        (RENDERERS,),
    ),
    Mutation(
        "an audit is ended",
        "pipeline/early_end.py",
        "            ended=low and not audit and not self._asked_for,\n",
        "            ended=low and not self._asked_for,\n",
        (EARLY_TAKE,),
    ),
    Mutation(
        "a take that a person ordered is ended",
        "pipeline/early_end.py",
        "        return order.insisted or order.no_decline or order.approved\n",
        "        return order.no_decline or order.approved\n",
        (EARLY_TAKE,),
    ),
    Mutation(
        "the final of an approved draft is ended",
        "farm/domain/lease.py",
        "approved=self.final",
        "approved=False",
        (FINALS,),
    ),
    Mutation(
        "a long queue of short takes looks short",
        "farm/domain/model_changes.py",
        "    each = max(1.0, load_seconds / take_seconds) if take_seconds > 0 else MOST_COUNTED\n",
        "    each = 1.0\n",
        (MODEL_CHANGES,),
    ),
    Mutation(
        "a sweep forgets a run that lives",
        "farm/store/workers.py",
        "table.owner == owner, table.until < over))\n",
        "table.owner == owner))\n",
        (SEEN_WORKERS,),
    ),
    Mutation(
        "rows of dead runs stay for ever",
        "farm/scheduler/sweep.py",
        "        lost = [*self.abandoned(), *self.dead_runs()]\n",
        "        lost = [*self.abandoned()]\n",
        (SWEEP,),
    ),
    Mutation(
        "a check looks past the drafts that wait",
        "farm/operations/check.py",
        "    return [name for name in drafts if waiting.get(name)], remarks\n",
        "    return [], remarks\n",
        (CHECK,),
    ),
    Mutation(
        "no take is ended that the ladder makes of a final",
        "farm/domain/drafts.py",
        "    return rung == 0 and final_of is not None\n",
        "    return final_of is not None\n",
        (FINALS,),
    ),
    Mutation(
        "a look that fails costs the take",
        "pipeline/early_end.py",
        "        except Exception as error:  # whatever a look dies of, the take goes on\n",
        "        except ZeroDivisionError as error:\n",
        (EARLY_TAKE,),
    ),
    Mutation(
        "takes are ended by a line above the record's",
        "farm/cluster/loading.py",
        "    if threshold > record.threshold:\n",
        "    if threshold > 1:\n",
        (EARLY_RULE,),
    ),
    Mutation(
        "one good take more is ended than the bound allows",
        "pipeline/scoring/early_record.py",
        "    threshold = scores[lost]\n",
        "    threshold = scores[lost + 1]\n",
        (EARLY_RECORD,),
    ),
    Mutation(
        "what a line let through counts among its labels",
        "farm/domain/early_end.py",
        "        return self.verdict is not None and (self.look.threshold is None or self.look.audit)\n",
        "        return self.verdict is not None\n",
        (EARLY_TOLD,),
    ),
    Mutation(
        "the scorer is taught the sentences that the gate asks it about",
        "pipeline/toy/phrasings/writing.py",
        "        if not is_kept_aside(text, scene):\n",
        "        if text:\n",
        (PHRASINGS,),
    ),
    Mutation(
        "takes of a model that nobody holds wait for good",
        "farm/domain/model_changes.py",
        "        if self._done < worth and self._waited(wanted) < len(self._queues) * worth:\n",
        "        if self._done >= 0:\n",
        (MODEL_CHANGES,),
    ),
    Mutation(
        "takes of a model that loads slower than others wait for good behind those",
        "farm/domain/model_changes.py",
        "                overdue.append(wanted)\n",
        "                overdue.clear()\n",
        (MODEL_CHANGES,),
    ),
    Mutation(
        "workers change for what nobody holds however much that costs",
        "farm/domain/model_changes.py",
        "        if self._done < worth and self._waited(wanted) < len(self._queues) * worth:\n",
        "        if self._done < 0:\n",
        (MODEL_CHANGES,),
    ),
    Mutation(
        "a worker that idles changes for what is done before it has loaded",
        "farm/domain/model_changes.py",
        "        return self._drain(wanted) > self._queues[wanted].load_seconds\n",
        "        return True\n",
        (MODEL_CHANGES,),
    ),
    Mutation(
        "a take waits for a worker that holds another model",
        "farm/scheduler/dealing.py",
        "            others = [seat for seat in everyone if models.holds.get(seat.worker) == profile]\n",
        "            others = everyone\n",
        (SEVERAL,),
    ),
    Mutation(
        "a model is loaded again where it does not fit",
        "farm/domain/model_changes.py",
        "            if wanted not in each.cannot and each.cannot.issuperset(overdue)\n",
        "            if each.cannot.issuperset(overdue)\n",
        (MODEL_CHANGES, SEVERAL),
    ),
    Mutation(
        "profiles whose workers hold other shares of a machine are served together",
        "farm/domain/serving.py",
        "    if first.gpus == other.gpus:\n",
        "    if first.gpus:\n",
        (SERVING,),
    ),
    Mutation(
        "a clip that ranks cannot share is taken in",
        "farm/shotlist/prepare.py",
        '    return bool(problems.attempt("image", shared, Wrong))\n',
        "    return True\n",
        (SHOTLIST_PREPARED,),
    ),
    Mutation(
        "a misspelt variable is passed over",
        "farm/config.py",
        "    if misspelt:\n",
        "    if False:\n",
        (CONFIG,),
    ),
    Mutation(
        "a variable that Kubernetes sets keeps every command from starting",
        "farm/setting_problems.py",
        "OTHERS.fullmatch(name) or is_of_a_service(variable, value)",
        "False",
        (CONFIG,),
    ),
    Mutation(
        "Kubernetes' port of a service is taken for a setting, and every command stops",
        "farm/config.py",
        "if not is_of_a_service(name, value or",
        "if not is_of_a_service('', value or",
        (CONFIG,),
    ),
    Mutation(
        "a command that only looks makes the database that somebody mistyped",
        "farm/cli/context.py",
        "make=make)",
        "make=True)",
        (NO_DATABASE,),
    ),
    Mutation(
        "`farm db check` makes the file that it is to check",
        "farm/store/session.py",
        "refuse_absent(engine.url)\n        with sentences(engine):\n            yield",
        "BEGINS\n        with sentences(engine):\n            yield",
        (NO_DATABASE,),
    ),
    Mutation(
        "of a mistyped database any file beside it is taken to be meant",
        "farm/store/sqlite_files.py",
        "opened.read(len(BEGINS)) == BEGINS",
        "True",
        (NO_DATABASE,),
    ),
    Mutation(
        "another program's database is taken to be meant",
        "farm/store/sqlite_files.py",
        "return {name for (name,) in names} >= OWN_TABLES",
        "return bool([*names])",
        (NO_DATABASE,),
    ),
    Mutation(
        "a database that SQLite is given as an address of its own is made by who only looks",
        "farm/store/sqlite_files.py",
        'named = "" if in_memory else unquote(parts.path)',
        "return None if in_memory else Path()",
        (NO_DATABASE,),
    ),
    Mutation(
        "who names a database in memory is told to upgrade it",
        "farm/store/session.py",
        "        sqlite_files.refuse_in_memory(parsed)\n",
        "",
        (NO_DATABASE,),
    ),
    Mutation(
        "whoever verifies what is no film is sent to another that is none",
        "farm/delivery/verifying.py",
        "if each != refused and _is_film(each)",
        "if each.is_file()",
        (VERIFYING,),
    ),
    Mutation(
        "HTML in a negative prompt or in notes is told to nobody",
        "farm/shotlist/remarks.py",
        'FIELDS = ("prompt", "negative", "must_keep", "notes")',
        'FIELDS = ("prompt",)',
        (LIST_HTML,),
    ),
    Mutation(
        "whoever hands in a list is not told of its HTML",
        "farm/operations/submit.py",
        "                html.extend(html_in(shotlist.name, row))\n",
        "                pass\n",
        (CHANGED_LISTS,),
    ),
    Mutation(
        "a trigger in angle brackets is taken for HTML",
        "pipeline/prompts/markup.py",
        "return name in _ELEMENTS or",
        "return True or",
        (MARKUP,),
    ),
    Mutation(
        "a tab behind a quoted heading hides the header",
        "farm/shotlist/formats/table.py",
        "        if behind.strip() and not (",
        '        if behind.strip(" ") and not (',
        (LIST_HEADERS,),
    ),
    Mutation(
        "of a row with marks within marks half of a prompt is taken",
        "farm/shotlist/formats/table.py",
        """(loose and '"' not in behind)""",
        "loose",
        (LABELS_FILE,),
    ),
    Mutation(
        "that the encoding of labels was guessed is told to nobody",
        "farm/operations/labels_file.py",
        "        on_note(note)\n",
        "        pass\n",
        (LABELS_FILE,),
    ),
    Mutation(
        "of two pictures whose names look the same one is taken",
        "farm/shotlist/pictures.py",
        "        if len(alike) == 1:\n",
        "        if alike:\n",
        (LIST_NAMES,),
    ),
    Mutation(
        "lines that end otherwise make a take again",
        "farm/domain/changes.py",
        "            return _said(one) == _said(other)\n",
        "            return one == other\n",
        (CHANGES,),
    ),
    Mutation(
        "a bitmap's colours are taken for sRGB whatever it says",
        "pipeline/stills/formats/colours.py",
        '    if found is None and image.format == "BMP":\n',
        '    if found is None and image.format == "BMP5":\n',
        (NAMED_COLOURS,),
    ),
    Mutation(
        "a sweep takes a media root that is not mounted for the loss of every clip",
        "farm/operations/sweep.py",
        "    if clips_lost or media.sees",
        "    if True or media.sees",
        (SWEEPING,),
    ),
    Mutation(
        "a delivery from a media root that is not mounted asks for its clips to be made again",
        "farm/delivery/bringing.py",
        '        if self._media.sees("clips"):\n',
        "        if True:\n",
        (DELIVERIES,),
    ),
    Mutation(
        "the command line takes a priority that no list may have",
        "farm/operations/priority.py",
        "        fields.priority(str(priority))\n",
        "        pass\n",
        (SWEEPING,),
    ),
    Mutation(
        "who is refused at the door is told that there is no such address",
        "farm/desk/app.py",
        "        unknown = refusal.status == 404 and request",
        "        unknown = request",
        (DESK_ADDRESSES,),
    ),
    Mutation(
        "a slash too many loses the view",
        "farm/desk/app.py",
        "web.HTTPSeeOther(_in_view(request, place))",
        "web.HTTPSeeOther(place)",
        (DESK_ADDRESSES,),
    ),
    Mutation(
        "what is sent to an address with a slash too many is dropped as if it were taken",
        "farm/desk/app.py",
        "        if slashed and request.method in READS and PAGE",
        "        if slashed and PAGE",
        (DESK_ADDRESSES,),
    ),
    Mutation(
        "where every film that passed is gone people are told to decide",
        "farm/desk/templates/deliver.html",
        '{{ t("no_film" if foreseen.purged else "nothing_to_deliver") }}',
        '{{ t("nothing_to_deliver") }}',
        (DESK_LOST,),
    ),
    Mutation(
        "the page of a shot takes a media root that is not mounted for the loss of its films",
        "farm/operations/lost_films.py",
        ' and media.sees("clips")\n',
        "\n",
        (DESK_LOST,),
    ),
    Mutation(
        "the desk foresees of a media root that is not mounted that every film is gone",
        "farm/operations/packed_delivery.py",
        '    seen = media if media and media.sees("clips") else None\n',
        "    seen = media\n",
        (DESK_LOST,),
    ),
    Mutation(
        "an address that only begins like a page's leads to that page",
        "farm/desk/app.py",
        '(?=/|\\Z)")',
        '")',
        (DESK_ADDRESSES,),
    ),
    Mutation(
        "who asks for a final that is there is shown a retake of it and not the take that was approved",
        "farm/domain/drafts.py",
        "(take.status not in _UNDER_WAY, take.number != selected)",
        "take.status not in _UNDER_WAY",
        (DRAFTS,),
    ),
    Mutation(
        "a take that the gate accepts in part is not counted as accepted at the end of a run",
        "farm/operations/run_summary.py",
        "        if review == ReviewStatus.ACCEPTED:\n",
        '        if review == ReviewStatus.ACCEPTED and verdict == "accepted":\n',
        (RUN_SUMMARY,),
    ),
    Mutation(
        "where a run has no display nobody hears that a model has loaded",
        "farm/cli/display/loads.py",
        "        self._loading = loading\n",
        "        self._loading = {}\n",
        (LOADS,),
    ),
    Mutation(
        "a shot whose film is lost is approved among others",
        "farm/desk/decisions.py",
        "known=known, media=desk.media, who=who",
        "known=known, who=who",
        (DESK_LOST,),
    ),
    Mutation(
        "a sweep takes another farm's media root for the loss of every clip",
        "farm/operations/sweep.py",
        "    if not clips_lost and (why := suspicion(store, media, finds)):",
        "    if clips_lost and (why := suspicion(store, media, finds)):",
        (SWEEPS,),
    ),
    Mutation(
        "the live display is silent on what the gate accepts in part",
        "farm/cli/display/live.py",
        'case EventKind.REVIEW_MOVED if event.data["after"] == "accepted":',
        'case EventKind.TAKE_SUCCEEDED if event.data["verdict"] == "accepted":',
        (LIVE,),
    ),
    Mutation(
        "what the main subject does is asked sentence by sentence",
        "pipeline/scoring/questions.py",
        "(acting or _refers_back(reading, first))",
        "(not acting and _refers_back(reading, first))",
        (MATCHING_RULES,),
    ),
    Mutation(
        "a load that was given up is taken as if it had been answered",
        "farm/cluster/ray/cluster.py",
        "            if slot.loading == ref:",
        "            if slot.loading != slot:",
        (RAY_MODELS,),
    ),
    Mutation(
        "others that break in where a model does not fit keep it waiting for good",
        "farm/domain/model_changes.py",
        " and self._waited(wanted) < len(self._queues) * worth:\n",
        ":\n",
        (MODEL_CHANGES,),
    ),
    Mutation(
        "a disk that fails while a clip is copied is taken for that of the folder",
        "farm/delivery/bringing.py",
        "sha256_of(Source(clip, where), copy=writing)",
        "sha256_of(clip, copy=writing)",
        (DELIVERIES,),
    ),
    Mutation(
        "nobody hears of a shot that was approved while a delivery was made",
        "farm/operations/deliver.py",
        "    found = Counter(each.state for each in rest if not _as_draft(each))\n",
        "    found = Counter(each.state for each in rest if each.review not in PASSED)\n",
        (FOR_THE_EDIT,),
    ),
    Mutation(
        "of a profile and a shot list one is left where the other cannot be written",
        "farm/operations/comfy.py",
        "                to.unlink(missing_ok=True)\n",
        "                to.exists()\n",
        (COMFY_COMMANDS,),
    ),
    Mutation(
        "a graph in a film's comment is not found",
        "farm/operations/comfy.py",
        '    told = {**_in_comment(tags.get("comment", "")), **tags}\n',
        "    told = {**tags}\n",
        (COMFY_COMMANDS,),
    ),
    Mutation(
        "a library that one film needs keeps others from being verified",
        "farm/cli/commands/verify.py",
        "        except (Refused, MissingExtra) as error:\n",
        "        except Refused as error:\n",
        (LABELS,),
    ),
    Mutation(
        "a purge tells scripts that files went which stayed",
        "farm/cli/display/purges.py",
        "    went = plan if dry_run else purged\n",
        "    went = plan\n",
        (PURGE,),
    ),
)
