### What a person reads in the window, and the names and reasons that the window shares with the
### command line.
###
### For translators: translate what stands behind the equals signs and leave the ids and the names in
### braces. A text stands on one line. Sentence case; no full stop after a single sentence; `…` on a
### button that asks for more. `.tip` is what is shown when the pointer rests on a thing, `.word` is the
### same name within a sentence. Numbers come as `{ $count }` and may choose a plural.

# Between groups of three digits, as in 1,204,000.
number-groups = ,

## What was checked, found and decided

# The checks that are made of a document.
check-screen-replay = Screen replay
    .word = screen replay
check-printed-copy = Printed copy
    .word = printed copy
check-portrait-substitution = Portrait substitution
    .word = portrait substitution
check-digital-manipulation = Digital manipulation
    .word = digital manipulation

# How a check came out.
live-failed = failed
live-passed = passed
live-not-performed = not performed

# The sides of a document.
side-front = Front
    .word = front
side-back = Back
    .word = back

# Who assessed a document; the formats are those of the README.
source-engine = Local engine
source-liveness-api = Liveness API (format A)
source-idrnd-results = ID R&D results (format B)
source-liveness-object = Liveness object (format C)
source-idlive-doc = IDLive Doc (format D)

# What a reviewer can say of a document.
label-genuine = Genuine
    .word = genuine
    .tip = The document itself was in front of the camera
label-screen-replay = Screen replay
    .word = screen replay
    .tip = The document was on a device's screen
label-printed-copy = Printed copy
    .word = printed copy
    .tip = It was a print or a photocopy of the document
label-portrait-substitution = Portrait substitution
    .word = portrait substitution
    .tip = The card carries another face than it was issued with
label-digital-manipulation = Digital manipulation
    .word = digital manipulation
    .tip = The picture was edited or grabbed from a screen
label-retake = Retake
    .word = retake
    .tip = The picture is at fault; another one is needed
label-undeterminable = Undeterminable
    .word = undeterminable
    .tip = A sound picture that does not settle it

# Where a document went by the policy; `.went` is the same within a sentence, `.word` what the policy does.
route-accept = Accepted
    .went = accepted
    .word = accept
route-review = For review
    .went = for review
    .word = review
route-reject = Rejected
    .went = rejected
    .word = reject
route-retake = New picture needed
    .went = new picture needed
    .word = retake

# Why a picture could not be judged.
error-document-not-found = No document was found in the picture
error-document-cropped = A part of the document lies outside the picture
error-document-too-close-to-border = The document nearly touches the edge of the picture
error-document-too-close-to-camera = The document is too close to the camera
error-document-too-small = The document is too small in the picture
error-document-photo-not-found = No portrait was found on the document's front
error-too-many-documents = More than one document lies in the picture
error-document-is-colorless = The document shows no colour
# $code is a word of another program.
error-other = The source reported { $code }

# Why a case goes where it goes. $what is a check and a side, or reason-score; the numbers lie between 0 and 1.
reason-nothing-performed = No check was performed
reason-score = The score
reason-below = { $what } at { $score } lies below { $from }
reason-above = { $what } at { $score } lies above { $to }
reason-within = { $what } at { $score } lies in the review band { $from } to { $to }
reason-unfamiliar = The picture is unlike those that the checks learnt from: the review band is wider by { $by } at either end
reason-broken = { $what } could not be made: { $why }
# $outcome is one of live-…, $route the word of one of route-….
reason-contradiction = The checks { $outcome } against their thresholds, yet the score alone would { $route } the document
reason-not-assessed = Not assessed: { $why }
reason-disagreement = The sources disagree ({ $views })
reason-sampled = Accepted, and drawn into the sample of { $percent } %

## The lists of cases

# One list each, as it stands on its button.
view-inbox = Inbox
    .tip = Cases for review. First those with raised priority, then those nearest to a threshold, then the oldest
view-held = On hold
    .tip = Put off until a day; they come back by themselves
view-escalated = Escalated
    .tip = Handed up to somebody with more experience
view-second-look = Second look
    .tip = Decided once; another person looks too, without seeing the first verdict
view-adjudication = Adjudication
    .tip = Two people differ; a third one settles it
view-accepted = Accepted
    .tip = Accepted by the policy, without a verdict
view-rejected = Rejected
    .tip = Rejected by the policy, without a verdict
view-retake = Retake
    .tip = A new picture is needed, without a verdict
view-decided = Decided
    .tip = Cases with a verdict
view-failed = Failed
    .tip = The program could not assess these
view-waiting = Waiting
    .tip = Not assessed yet
view-all = All
    .tip = Every case

# In which order a list stands.
order-urgency = Urgency
    .word = urgency
order-oldest = Oldest first
    .word = oldest first
order-newest = Newest first
    .word = newest first
order-lowest-score = Lowest score first
    .word = lowest score first
order-highest-score = Highest score first
    .word = highest score first
order-label = Name
    .word = name
order-source = Source
    .word = source
order-check = Worst check
    .word = worst check
order-verdict = Verdict
    .word = verdict

# How long ago something was, as short as can be.
age-now = now
age-minutes = { $count } min
age-hours = { $count } h
age-days = { $count } d

## What happened to a case, one sentence an event

# $kind is a word of another version of the program.
event-unknown = { $kind }, in words of another version
# $what is one of the attributes, and behind it the sides and hashes of the pictures.
event-import = Came in: { $what }
    .result = a result of { $source }
    .request = a request of { $source }
    .pictures = pictures
event-run = Assessed by { $by }, assessment { $id }
# $route is the word of one of route-….
event-route = Routed to { $route } by policy { $policy }: { $reasons }
    .score = Routed to { $route } at { $score } by policy { $policy }: { $reasons }
event-fail = Not assessed: { $why }
event-claim = Opened, for { $minutes } min
    .taken-over = Taken over from a session that had ended, for { $minutes } min
event-release = Handed back
    .why = Handed back: { $why }
event-recover = Given back to those that wait: { $why }
event-hold = Put off until { $until }, with a remark
event-escalate = Handed up, with a remark
event-resume = Back in the queue
    .why = Back in the queue: { $why }
event-priority = Given the priority { $priority }
    .usual = Given the usual priority again
event-assign = Given to { $to }
    .everybody = Given back to everybody
# The first three begin the sentence; what else holds is added behind commas.
event-verdict = Verdict { $id }: { $label }
    .second = Second verdict { $id }: { $label }
    .settling = Settling verdict { $id }: { $label }
    .note = with a note
    .marks = with marks over the pictures
    .blind = before the numbers were shown
    .asks-second = and another person is to look
    .replaces = in place of verdict { $other }
event-undo = Verdict { $id } taken back
    .stands = Verdict { $id } taken back; verdict { $other } stands again

## What can be asked for: menus, buttons and the list of keys

command-open-files = Add pictures…
    .tip = Choose photographs of documents; front and back are paired by name
command-open-folder = Add a folder…
    .tip = Choose a folder; every picture in it and below it is added
command-import-results = Import results…
    .tip = Choose JSON files with the results of a liveness check
command-type-path = Add by path…
    .tip = Type or paste the path of a file or a folder
command-take-in-path = Add
    .tip = Take in what the path names
command-add-samples = Add the samples
    .tip = Add a dozen made documents and results, to try the program with
command-rerun-case = Run this case again
    .tip = Let the engine look at it again
command-rerun-all = Run all cases again
    .tip = Let the engine look at every case with pictures again
command-undo = Undo verdict
    .tip = Take your latest verdict back; a verdict on many cases as one
command-redo = Redo verdict
    .tip = Give the verdict again that you took back last
command-hold = Hold…
    .tip = Put the case off until a day, and say why
command-escalate = Escalate…
    .tip = Hand the case up to somebody with more experience, and say why
command-take-over = Take
    .tip = Make the case yours: others are not offered it
command-assign = Assign…
    .tip = Make the case somebody's
command-sooner = Sooner
    .tip = One step of priority up: it comes before the others of its list
command-later = Later
    .tip = One step of priority down: it comes after the others of its list
command-export = Export…
    .tip = Write verdicts, results or the ledger into a file
command-resume = Put back
    .tip = Back into its list: not on hold, not handed up, nobody's
command-find = Find
    .tip = Search in names, ids, numbers and notes
command-keep-search = Keep…
    .tip = Keep this search under a name
command-pick-next = Pick next
    .tip = Pick the case below too, for one action on many
command-pick-previous = Pick previous
    .tip = Pick the case above too
command-pick-all = Pick all
    .tip = Pick all cases that have been read into the list
command-pick-none = Pick none
    .tip = Let all picked cases go
command-confirm = Confirm
    .tip = Do it
command-next-case = Next case
    .tip = Open the case below in the list
command-previous-case = Previous case
    .tip = Open the case above in the list
command-fit = Fit
    .tip = Show the whole picture
command-one-to-one = 1:1
    .tip = Show one pixel of the picture as one pixel of the screen
command-zoom-in = Zoom in
    .tip = Come closer; the mouse wheel does it too
command-zoom-out = Zoom out
    .tip = Go further away; the mouse wheel does it too
command-rotate = Rotate
    .tip = Turn the picture a quarter to the right
command-other-side = Other side
    .tip = Show the document's other side
command-flip = Flip
    .tip = Exchange left and right, as in a mirror
command-straighten = Straighten
    .tip = Show the document alone, upright and without perspective, at the camera's own scale
command-both-sides = Both sides
    .tip = Show front and back beside each other
command-pin = Pin
    .tip = Keep this picture beside those of other cases until it is taken away again
command-other-reference = Other picture…
    .tip = Choose a picture to stand beside those of cases; it is not kept with any of them
command-type-reference = Picture by path…
    .tip = Type or paste the path of a picture to stand beside those of cases
command-compare-path = Compare
    .tip = Show what the path names beside those of cases
command-loupe = Loupe
    .tip = Show single pixels around the pointer, with their place and colour; the wheel changes its power
command-draw-box = Draw a box
    .tip = Drag a frame around what you see; it is kept with the verdict. Escape ends drawing
command-draw-arrow = Draw an arrow
    .tip = Drag an arrow to what you see; it is kept with the verdict. Escape ends drawing
command-draw-text = Write on the picture
    .tip = Click where words are to stand; they are kept with the verdict. Escape ends writing
command-delete-mark = Delete the last mark
    .tip = Take away what was drawn last
command-levels = Levels
    .tip = Choose which brightness is shown as black and as white, and what lies between
command-spectrum = Spectrum
    .tip = Show which regular patterns the middle of the view holds, and how wide they are
command-loupe-stronger = Stronger loupe
    .tip = Twice as large under the loupe
command-loupe-weaker = Weaker loupe
    .tip = Half as large under the loupe
command-outline = Outline
    .tip = Show or hide the outlines of the document and the portrait that were found
command-evidence = Evidence
    .tip = Show which parts of the document look like a copy to each check in turn
command-next-lens = Next lens
    .tip = See the picture through the next lens: fine texture, colour alone and more
command-previous-lens = Previous lens
    .tip = See the picture through the lens before this one
command-suit-lens = Suiting lens
    .tip = See the picture through the lens that shows best what the worst check looks for
command-always-suit-lens = Open with the suiting lens
    .tip = Open each case with the lens that shows best what its worst check looks for
command-peek = Peek
    .tip = See the picture itself, without lens and evidence, while the key is held
command-details = Details
    .tip = Show the files' metadata, the source's own record and the history, one after the other
command-copy-record = Copy the record
    .tip = Copy the source's record as it is shown
command-write-note = Write a note
    .tip = Go to the note field; Escape leaves it
command-refresh = Refresh
    .tip = Read the queue again
command-show-jobs = Jobs
    .tip = Show what is running
command-show-keys = Keys
    .tip = Show every key, and choose others
command-usual-keys = Usual keys
    .tip = Give every action its usual key again
command-show-engine = Engine and memory
    .tip = Show what runs the models, what is missing, and the memory that pictures take
command-sit-down = Who sits here…
    .tip = Say who decides from now on; every act bears the name
command-close = Close
    .tip = Close what is on top
command-quit = Quit
    .tip = Close the window; everything is saved already

## Dialogs

keys-title = Keys
keys-hint = Letters do nothing while you write. Press a key's button to choose another
# $action is the label of what has the key.
keys-press = Press the new key of “{ $action }”, or Escape
keys-key-of = Key of { $action }
keys-taken = That is the key of “{ $action }”: give that another one first
keys-reserved = Tab, Enter and the digits have their own work: choose another key
keys-reason = Reason
    .tip = The reason codes of the policy, for the next verdict
path-title = Add by path
path-field = Path of a picture, a folder, or a JSON file with results
compare-title = Compare with a picture
compare-field = Path of a picture
engine-title = Engine
report-none = No report
report-problems = { $count ->
        [one] { $count } item could not be taken
       *[other] { $count } items could not be taken
    }
report-more = and { $count } more
report-unknown-fields = Fields that were not understood
    .hint = Their values are kept in the original
jobs-title = Jobs
jobs-none = Nothing is running
# The names say which job or notice the button is for, to those who have it read out.
job-cancel = Cancel
    .name = Cancel { $job }
    .in-list = Cancel { $job } in the list
notice-dismiss = Dismiss
    .name = Dismiss { $notice }
notice-report = Show report

## Questions before something is done

question-why = Why
hold-title = Put off
hold-days = Days
hold-until = until { $until }; then it comes back by itself
escalate-title = Hand up
escalate-hint = The case goes to the list Escalated, for somebody with more experience
assign-title = Assign
assign-to = To whom (the name at their desk)
decide-many-title = One verdict for many
# $verdict is one of label-….
decide-many = { $count ->
        [one] Give { $count } case the verdict { $verdict }?
       *[other] Give { $count } cases the verdict { $verdict }?
    }
    .hint = Undo takes all of them back in one step
sit-down-title = Who sits at the desk
sit-down-name = Name, as every act is to bear it
sit-down-busy = Wait until what runs has ended, or cancel it: it bears your name
days-title = Cases that came in from one day to another
days-from = From (year-month-day; empty for the first of all)
days-to = To, that day included (empty for today)
days-wrong = Write days as 2026-11-22, the earlier one first
keep-search-title = Keep this search
keep-search-name = Name

## What lies behind a case: metadata, original, history

details-title = Case { $id }, { $name }
details-hidden = What lies behind this case is shown when you have given your verdict
tab-metadata = Metadata
    .tip = What the picture files say of themselves
tab-original = Original
    .tip = The source's own record, beside what was understood of it
tab-history = History
    .tip = Every run with what changed, and every event in the ledger
record-unreadable = The record cannot be read: { $error }
# Stands in place of the rest of a long text.
record-cut-text = … ({ $bytes } bytes in all)

# A run: one assessment and what the policy made of it.
run-result = Result
    .score = { $route }, score { $score }, assessment { $id }
    .no-score = { $route }, no score, assessment { $id }
run-worked-out = Worked out here
    .numbers = Confidence { $confidence }, risk score { $risk }
run-models = Models
run-time = Time
# $step is a step's or a model's name.
run-step = { $step } { $millis } ms
run-first = The first of this source
run-unchanged = Nothing changed against the run before
run-changed = What changed against the run before
history-events = Events
history-earlier = { $count ->
        [one] and { $count } earlier event
       *[other] and { $count } earlier events
    }
history-row = Row { $row } of the ledger, { $hash }

# What can differ between two runs; also the names of rows.
fact-none = none
fact-whole = Whole document
fact-score = Score
fact-route = Route
fact-errors = Errors
fact-findings = Findings
fact-picture = Picture, { $side }
fact-engine = Engine
fact-runtime = Runtime
fact-model = Model { $id }
fact-policy = Policy
fact-not-performed = not performed: { $why }
fact-error = error: { $why }
fact-threshold = { $check }: threshold

# What a picture file says of itself.
file-reading = Reading the file…
file-not-read = Not read: { $why }
file-picture = Picture
    .size = { $width } × { $height } px, upright
file-file = File
    .size = { $format }, { $megabytes } MB
    .small = { $format }, { $kilobytes } kB
file-hash = SHA-256
file-stored = Stored as
    .size = { $width } × { $height } px
    .turned = { $width } × { $height } px, to be turned for looking at
file-profile = Colour profile
    .there = Embedded, and applied
    .none = None
file-exif = EXIF
    .none = None; messengers and many programs take it away
exif-camera = Camera
exif-lens = Lens
exif-software = Software
exif-taken = Taken
exif-digitised = Digitised
exif-changed = Changed
exif-place = Place
    .there = Written in the file, not shown here
exif-not-said = Not said
xmp-tool = Made with (XMP)
xmp-agents = Saved with (XMP)
xmp-changed = Changed (XMP)
jpeg-quality = JPEG quality
    .standard = About { $quality }, the standard's table, as most programs have
    .own = About { $quality }, a table of its own, as many cameras have
jpeg-passes = Passes
    .several = Several; cameras mostly write one
jpeg-resaved = Saved as a JPEG more than once; messengers do that too
jpeg-saved-once = No sign of a second save; one at a lower quality is mostly not seen
jpeg-tables = Quantisation tables ({ $count })
jpeg-table = Table { $id }
    .brightness = Brightness
thumbnail-differs = The thumbnail in the file shows something else than the picture
thumbnail-same = The thumbnail in the file shows what the picture shows
thumbnail-in-file = Thumbnail in the file
thumbnail-of-picture = The picture

# A source's record and what was understood of it.
original-understood = As it was understood
original-reading = Reading the record…
original-cut = The first { $lines } lines of a long record
original-request = A request: it asks for a check and gives no result
original-error = Error
original-kept = Kept as written
vendor-id = Id
vendor-status = Status
vendor-risk-score = Risk score
vendor-confidence = Confidence
vendor-created = Created
vendor-updated = Updated
vendor-completed = Completed
vendor-unknown = Not understood
understood-not-performed = Not performed: { $why }
understood-error = Error: { $why }
# The rest stands behind the number, after commas. $scale is a word of the source, $number is as it was written.
understood-raw =
    .live = from { $scale } { $number } (higher is more live)
    .attack = from { $scale } { $number } (higher is more of an attack)
understood-threshold = threshold { $value }
understood-said = it says { $outcome }

## While no case is open

welcome-opening = Opening the workspace…
welcome-broken = The workspace cannot be opened
welcome-nothing-here = Choose another list at the left, or add pictures and results
welcome-none-open = No case is open
    .hint = Choose one at the left, or press the down arrow
welcome-title = Welcome to Second Look
    .hint = Take a second look at identity documents that a liveness check could not settle. Add photographs of documents, or the results of a liveness check, and settle the borderline ones one by one
# Under the button that adds the samples, pictures, a folder, results.
welcome-samples = A dozen made documents and results, to try it with
# _front and _back are parts of files' names and stay.
welcome-files = JPEG, PNG, WebP, TIFF or BMP; x_front and x_back become one case
welcome-folder = With everything below it
welcome-results = JSON from a liveness check: one, a list, or one on each line
welcome-drop = You can also drop files and folders anywhere on this window

## Menus; what stands in them is among the commands

menu-file = File
menu-case = Case
menu-picture = Picture
menu-view = View
menu-help = Help
menu-colours = Colours
menu-size = Size
colours-system = As the system
colours-light = Light
colours-dark = Dark
colours-high-contrast = High contrast
size-percent = { $percent } %

## The panel of checks

no-score = No score
checks-hidden = What the checks say is shown when you have given a first verdict. It can be changed then, and both are kept
# $age is one of age-….
checks-came-in = Case { $id }, came in { $age } ago
    .now = Case { $id }, came in just now
checks-score = Score { $score }
    .tip = The lowest probability of any check; higher is more live
checks-last-run-failed = The last run failed: { $why }
checks-nothing-said = Nothing has been said of this case
checks-latest-of = latest of { $count } runs
# $outcome is one of live-….
checks-said = The source itself says { $outcome }
checks-broken = error
# What a bar says to those who have it read out; $band is the next text.
bar-whole = { $source }, whole document: { $score }, { $band }
bar-check = { $check }: { $score }, threshold { $threshold }, { $outcome }, { $band }
band = review band { $from } to { $to }
    .legend = review band
threshold = threshold
    .record = Passes from { $value } on, as the record says
    .manifest = Passes from { $value } on, the model's
    .policy = Passes from { $value } on, the policy's for this check
    .policy-default = Passes from { $value } on, the policy's, as nobody else gives one
    .calibration = calibration { $level }
    .written = written as { $scale } { $number }
findings-way-out = The way out is another picture
verdicts-title = Verdicts
verdicts-hidden = Another person's verdict is shown when you have given yours
verdict-undone = { $verdict }, taken back
verdict-changed = { $verdict }, changed later
verdict-second-look = second look
verdict-adjudication = adjudication

# Where a case stands.
state-new = Waits to be assessed
state-processing = Being assessed
state-failed = Could not be assessed
    .why = Could not be assessed: { $why }
state-held = On hold until { $until }
state-assigned = For { $whose }

## The bar of verdicts

verdict-bar-picked = { $count ->
        [one] A verdict is for { $count } picked case; it is asked for once more
       *[other] A verdict is for { $count } picked cases; it is asked for once more
    }
verdict-bar-settles = Two verdicts differ; yours settles the case
verdict-bar-standing = { $verdict } by { $who }, { $when }; another verdict takes its place
verdict-bar-reason = Reason
    .tip = Kept with the next verdict; its key again takes it away
verdict-bar-note = Note
    .hint = What you saw; kept with the verdict (N)

## The window, its engine and its jobs

# The program's name stays.
window-title = Second Look
engine-starting = Starting the engine…
    .more = The models are being made ready
engine-missing = Engine not available
engine-not-ready = the engine is not ready
engine-runtime = ONNX Runtime { $version }
    .embedded = rten { $version } (embedded)
engine-lacks-models = { $runtime }, models missing
engine-runs = Engine { $version }. { $runtime } runs the models
# What stands between ` is typed as it is.
engine-memory = Pictures take { $pictures } MiB of at most { $most_pictures }, and { $tiles } MiB of at most { $most_tiles } on the graphics side
engine-install = `secondlook runtime install` gives ONNX Runtime, about as fast; the results are the same
engine-model = Model { $id } { $version } ({ $hash })
policy-unreadable = the policy { $path } cannot be read: { $error }
policy-wrong = { $error } ({ $path }): correct the file, or move it away to use the program's own policy
picture-unreadable = The picture cannot be shown: { $error }
file-unopened = the file cannot be opened: { $error }
    .way-out = Check that it is there and that you may read it

# The names of jobs, which are shown while they run or when they break.
# The file that is written, and what came of it.
export-title = Export
export-labels =
    .csv = Verdicts as labels, CSV
    .jsonl = Verdicts as labels, JSON Lines
export-results =
    .csv = Results, CSV
    .jsonl = Results, JSON Lines
    .a = Results as liveness API records (format A)
    .b = Results as ID R&D results (format B)
    .c = Results as liveness objects (format C)
export-ledger =
    .csv = Ledger, CSV
    .jsonl = Ledger, JSON Lines
export-only-picked = { $count ->
        [one] Only the { $count } picked case
       *[other] Only the { $count } picked cases
    }
export-hint = The file holds personal data: names, notes and numbers of documents. Only you can read it
export-path = Write to
export-done = { $count ->
        [one] { $count } row
       *[other] { $count } rows
    } written to { $path }
export-left-out = { $count ->
        [one] { $count } case has
       *[other] { $count } cases have
    } nothing that this format can say
export-stopped = The export was stopped, and nothing was written
export-failed = Nothing was exported: { $reason }
export-exists = { $path } is there already. Choose another name, or take that file away first
export-unwritten = { $path } could not be written ({ $error }). Check that the folder is there and that you may write in it
job-export = Exporting
job-adding = Adding
job-rerun = Running the case again
job-rerun-picked = Running the picked cases again
job-rerun-all = Running all cases again
job-waiting = Assessing what waits
job-decoding = Decoding
job-straightening = Straightening
job-spectrum = Spectrum
job-references = Listing references
job-reference = Opening a reference
job-metadata = Reading metadata
job-record = Reading a record
job-ended-early = { $job } ended early: { $error }

# What came of adding and importing: those that apply, with commas between.
came-new = { $count ->
        [one] { $count } case added
       *[other] { $count } cases added
    }
came-joined = { $count ->
        [one] { $count } item joined its case
       *[other] { $count } items joined their cases
    }
came-known = { $count ->
        [one] { $count } item was there already and added nothing
       *[other] { $count } items were there already and added nothing
    }
came-assessed = { $count ->
        [one] { $count } case assessed
       *[other] { $count } cases assessed
    }
came-unknown-fields = { $count ->
        [one] { $count } field was not understood and kept in the original
       *[other] { $count } fields were not understood and kept in the original
    }
came-stopped = stopped; what was finished is kept
came-nothing = There was nothing to do
# Behind the number of records read so far.
import-records = records
import-unknown-field = { $count ->
        [one] { $path }, in { $count } record
       *[other] { $path }, in { $count } records
    }

## The list of cases

# Instead of rows.
queue-empty-inbox = Nothing waits for you here

queue-empty = No cases in this list
queue-empty-mine = No case is yours: M takes one
queue-empty-decided = No verdict has been given yet
queue-empty-search = Nothing in this list is like that
queue-searching = Searching…
queue-reading = Reading…
queue-reading-more = Reading more…
queue-cases = { $count ->
        [one] { $count } case
       *[other] { $count } cases
    }
    .found = { $count ->
        [one] { $count } case found
       *[other] { $count } cases found
    }
    .found-more = { $count ->
        [one] { $count } case and more found
       *[other] { $count } cases and more found
    }
# Behind it, with commas between, what else there is to say.
queue-tally = { $count ->
        [one] { $count } decided today
       *[other] { $count } decided today
    }
    .median = { $seconds } s a case
    .known-answers = { $agreed } of { $count } known answers
    .tip = Your verdicts since midnight, and the median time with a case in this window
queue-picked = { $count ->
        [one] { $count } picked
       *[other] { $count } picked
    }
    .tip = The next verdict or action is for all of them
queue-mine = Mine
    .tip = Cases without a verdict that are yours, those on hold among them
# A list's button: its name and how many cases it holds.
queue-list = { $list } { $count }

# A row. $score and $check are its first words.
row-result = result
row-score-hidden = score after the verdict
row-score-whole = { $score }  whole document
row-no-score = no score
row-late = { $age }, late
# What a row says to those who have it read out; score and state stand between.
row-name = Case { $id } { $name }
    .late = late
    .picked = picked
# $verdict is the word of one of label-….
state-verdict = Verdict { $verdict }
state-differ = Two verdicts differ
state-no-result = No result
state-open = Open with { $who }
state-waits = Waits for a verdict

# What is searched for.
search-clear = Clear
    .tip = The whole list again, the most urgent first
search-field = Find (Ctrl+F)
search-order = Order
    .tip = In which order the list stands
search-filter = Filter
    .tip = Which cases of the list are shown
search-any = Any
filter-source = Source
filter-route = Route
filter-check = Worst check
filter-score = Score
    .range = { $from } to { $to }
filter-verdict = Verdict
filter-reviewer = Decided by
filter-days = Other days…
filter-since = Came in
    .today = today
    .days = { $count ->
        [one] in the last { $count } day
       *[other] in the last { $count } days
    }
# A condition and what it asks for.
filter-set = { $condition }: { $value }
search-forget = Forget
    .tip = Forget this search
    .name = Forget { $search }
# What is searched for, one after the other with commas between.
told-text = with “{ $text }”
told-check = worst { $check }
told-score = score { $from } to { $to }
told-verdict = verdict { $verdict }
told-reviewer = by { $who }
told-since = since { $when }
told-before = before { $when }

## The line at the bottom

status-no-jobs = No jobs
status-actor = Verdicts are given in this name
status-workspace = The workspace: cases, verdicts and originals are in this folder
job-waits = { $job }, waiting
job-stops = { $job }, stopping
job-running = { $job }, { $done }
    .of = { $job }, { $done } of { $total }
    .and-more = { $text } (and { $count } more)

## What the desk tells

desk-not-stored = The verdict was not stored: { $error }
desk-not-stored-many = The verdicts were not stored: { $error }
desk-not-taken-back = The verdict was not taken back: { $error }
desk-not-given-again = The verdict was not given again: { $error }
desk-keys-not-kept = The keys could not be kept: { $error }
desk-searches-not-kept = The searches could not be kept: { $error }
# $first is a sentence about one case.
desk-more-refused = { $first }; and { $count } more that could not be done
# Verdicts that can be taken back or given again; $verdict is the word of one of label-….
desk-act = Case { $case }: { $verdict }
    .several = Several cases: { $verdict }
    .many = { $count ->
        [one] { $count } case: { $verdict }
       *[other] { $count } cases: { $verdict }
    }
desk-no-samples = The samples were not found beside the program
desk-no-picture = Case { $case } has no picture that the engine could look at
desk-no-workspace = No workspace is open, so nothing can be added
desk-no-chooser = No file chooser answered on this computer. Type or paste a path, or drop files on the window
desk-broke = { $job }: { $error }
engine-no-thread = no thread for it: { $error }
engine-no-workspace = no workspace is open
job-watching = Watching for others
job-opening = Opening the workspace
job-engine = Starting the engine
job-choosing = Choosing files
job-searching = Searching
# Kinds of files, in the system's chooser.
files-results = Results
files-pictures = Pictures

## The picture and the buttons above it

picture-pinned = Pinned: { $name }, { $side }
picture-reference-named = Reference: { $name }
picture-no-evidence = No check of this side says where its probability comes from
picture-nothing-found = No document was found in this picture
picture-none = There is no picture
picture-no-side = The case has no picture of this side
picture-one-side = The case has pictures of one side at most
# Beside Front and Back: both.
picture-both = Both
picture-lens = Lens
picture-itself = The picture itself
picture-reference = Reference
    .tip = Show a genuine document of this kind beside the case's picture
picture-no-references = The workspace's folder “references” has no picture
picture-mark = Mark
    .tip = Show what you see: a box, an arrow, words; kept with the verdict
# What a mark is to those who have it read out; places are pixels of the photograph.
mark-box = Box from { $from } to { $to }
mark-arrow = Arrow from { $from } to { $to }
mark-text = “{ $text }” at { $at }
picture-words = Words over the picture
# Beside the outlines of what was found.
outline-document = document
outline-portrait = portrait
picture-size = { $width } × { $height } px at { $percent } %
picture-came-without = This case came without a picture
picture-decoding = Decoding…
# What the picture says to those who have it read out; $title is side-front, side-back or picture-pinned.
picture-name = { $title } of the document, { $width } by { $height } pixels, at { $percent } %
    .straightened = { $title } of the straightened document, { $width } by { $height } pixels, at { $percent } %
    .mirrored = mirrored
    .marks = { $count ->
        [one] { $count } mark
       *[other] { $count } marks
    }
    .none = No picture
    .decoding = { $title } is being decoded
# $text is the loupe's power, a place and a colour.
loupe = Loupe { $text }
    .outside = Outside the picture
levels-black = Black
    .tip = Shown as black, and all below it
levels-white = White
    .tip = Shown as white, and all above it
levels-gamma = Gamma
    .tip = Above 1 brightens the middle, below 1 darkens it
levels-reset = Reset
    .tip = Show everything as it is
levels-explained = Levels: what is darker than black and brighter than white is lost to the eye, what lies between is spread. Deep shadows and glare can show what they hide; nothing is there that the camera did not keep
spectrum-coming = Spectrum: being worked out, if the picture is at least 256 px wide and high
spectrum-found = Spectrum: { $found }. Of the framed window; regular patterns are points, marked with the distance between two stripes. A screen's grid, moiré and a print's dots are regular; so are fabric, guilloche and, at 8 px and its parts straight across or down, JPEG itself
spectrum-no-peak = no regular pattern in the frame
# The distance between two stripes, and their direction.
spectrum-peak = { $period } px at { $degrees }°
evidence-explained = { $check }: how live each part looks, 0 to 100. Each number comes from a small window in the middle of its field and from what speaks of the whole; one alone proves little

## The lenses; `.tip` stands behind the name and a colon

lens-fine-texture = Fine texture
    .word = fine texture
    .tip = what is left without the content. A screen's grid, moiré and a print's dots are regular patterns here; fabric and guilloche can look the same, and strong recompression wipes all of them out
lens-colour = Colour alone
    .word = colour alone
    .tip = the colour without the brightness, four times as strong. A grey copy stays grey, and a pasted part can have another tint; so can a part in other light
lens-grain = Grain
    .word = grain
    .tip = how much grain each part has, brighter for more. A part from another camera can have more or less of it; smooth and dark parts have little by themselves
lens-edges = Edges
    .word = edges
    .tip = how sharply the brightness changes. The edge of a pasted portrait can be sharper than the rest; printed lines are sharp, too
lens-error-level = Error level
    .word = error level
    .tip = what changes when the picture is saved once more as JPEG, twelve times as strong. It speaks of digital edits only, and proves none: text and edges always stand out
lens-ghosts = JPEG ghosts
    .word = jpeg ghosts
    .tip = each part as bright as the JPEG quality at which one more save changes it least, black where none stands out. A part of another brightness than the rest was saved otherwise before; flat parts, and all after strong recompression, say nothing
lens-red = Red
    .word = red
lens-green = Green
    .word = green
lens-blue = Blue
    .word = blue
lens-clones = Repeated parts
    .word = repeated parts
    .tip = parts that are there twice, each pair in a colour. What was covered with a copy of its surroundings shows; so do equal letters and repeated print, and a copy that was turned or resized does not
# Of red, green and blue.
lens-channel =
    .tip = this channel alone. A screen's pixels and coloured inks differ most in single channels; blue has the most grain by itself
# What a lens found in a picture.
clones-none = No part was found twice
clones-found = { $count ->
        [one] One part was found twice
       *[other] { $count } parts were found twice
    }
grain-found = Grain of { $inside } levels in the portrait, { $around } on the rest of the document: the medians
lens-coming = { $lens }: being worked out…
picture-see-with = See with { $lens }
