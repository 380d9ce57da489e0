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
WORKERS = "integration/farm/scheduler/test_scheduler_workers.py"
OUTAGE = "integration/farm/scheduler/test_outage.py"
PLACEMENT = "unit/farm/domain/test_placement.py"
SHARE = "unit/farm/domain/test_fair_share.py"
HEALTH = "unit/farm/scheduler/test_worker_health.py"
STALLS = "unit/farm/scheduler/test_stalls.py"
TERMINAL = "unit/pipeline/test_terminal.py"
DECLINED = "integration/farm/store/queue/test_declined.py"
DIAGNOSIS = "unit/pipeline/test_diagnosis.py"
PREPARE = "unit/farm/shotlist/test_shotlist_prepare.py"
NOTATION = "unit/pipeline/prompts/test_prompt_notation.py"
LANGUAGES = "unit/pipeline/prompts/test_prompt_languages.py"
FAULTS_OF_CLIPS = "unit/pipeline/clips/test_clip_faults.py"
TAKE = "integration/pipeline/test_take.py"
KEPT = "integration/pipeline/engines/test_wan_kept.py"
SPEED = "integration/pipeline/engines/test_wan_speed.py"
TENSORS = "unit/pipeline/storage/test_tensors.py"
REVISION = "unit/pipeline/profiles/test_speed.py"
COMMANDS = "integration/farm/cli/test_changed_lists.py"
INLINE = "unit/farm/cluster/test_inline_cluster.py"


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
        ".values(lease_until=utcnow(sa.literal(lease_seconds, sa.Float)), step=step)",
        ".values(step=step)",
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
        "farm/scheduler/loop.py",
        "queued.unfinished(self._store, run.profile.name, run.productions)",
        "queued.unfinished(self._store, run.profile.name)",
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
        "        self._share.forget()  # others may have come, or be more urgent now\n",
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
        "[take for take in row if take.verdict is not None]",
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
        "frame 1 is not held against the still",
        "pipeline/take.py",
        "clip_lint.lint(frames, profile.clip, recipe.prompt, picture)",
        "clip_lint.lint(frames, profile.clip, recipe.prompt)",
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
        "        with self._loading:\n            return self._make_worker(self._settings)\n",
        "        return self._make_worker(self._settings)\n",
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
        "    tools.kept.forget(Kind.LATENTS, recipe.hash)\n    clock.stop()\n",
        "    clock.stop()\n",
        (TAKE,),
    ),
    Mutation(
        "latents that cannot be decoded are tried for ever",
        "pipeline/take.py",
        "if found and fault.cause is Cause.MACHINE:",
        "if False:",
        (TAKE,),
    ),
    Mutation(
        "a full card costs a finished denoise",
        "pipeline/take.py",
        "if found and fault.cause is Cause.MACHINE:",
        "if found:",
        (TAKE,),
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
)
