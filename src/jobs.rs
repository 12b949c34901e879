//! Work off the window's thread: start, progress, cancel, result.
//!
//! The only place that starts a thread. It knows nothing of windows, stores or engines: whoever
//! starts a job says what it does, and hands over a [`Waker`] that is called whenever there is
//! something new to look at. A result is in the channel before the waker is called, and a job that
//! panics has a result too.

use std::collections::VecDeque;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::thread::JoinHandle;

/// Names one job among those of one [`Jobs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(u64);

/// How far a job has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Items done.
    pub n_done: u64,
    /// Items in all. `None` while nobody knows.
    pub n_total: Option<u64>,
    /// What is being done, in a few words; may be empty.
    pub note: String,
}

impl Progress {
    /// The part done, 0 to 1. `None` while the total is unknown.
    #[must_use]
    pub fn fraction(&self) -> Option<f32> {
        let n_total = self.n_total.filter(|&n| n > 0)?;
        Some((self.n_done as f32 / n_total as f32).min(1.0))
    }
}

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Another job of the same worker runs first.
    Waiting,
    /// It runs.
    Running,
    /// It runs, and was asked to stop.
    Stopping,
}

/// What can be shown of a job that has not ended.
#[derive(Clone, Debug)]
pub struct JobView {
    /// Its id, by which it can be cancelled.
    pub id: JobId,
    /// What it does, for a person.
    pub name: String,
    /// Waiting, running or stopping.
    pub state: JobState,
    /// How far it has come.
    pub progress: Progress,
}

/// What a job can see of the world that started it.
#[derive(Clone)]
pub struct JobContext {
    shared: Arc<Shared>,
    waker: Waker,
}

impl JobContext {
    /// Says how far the work has come.
    pub fn progress(&self, n_done: u64, n_total: Option<u64>, note: &str) {
        {
            let mut progress = lock(&self.shared.progress);
            progress.n_done = n_done;
            progress.n_total = n_total;
            if progress.note != note {
                note.clone_into(&mut progress.note);
            }
        }
        self.waker.wake_by_ref();
    }

    /// Whether the job was asked to stop; it does so at the next place where nothing is half done.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.shared.cancel.load(Ordering::Relaxed)
    }

    /// The flag behind [`Self::is_cancelled`], for functions that take one.
    #[must_use]
    pub fn cancel_flag(&self) -> &AtomicBool {
        &self.shared.cancel
    }
}

/// A job panicked: a fault of this program, not of what it worked on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the program made a mistake: {0}")]
pub struct Panicked(pub String);

/// A job that has ended.
#[derive(Debug)]
pub struct Ended<T> {
    /// Which.
    pub id: JobId,
    /// What it did, for a person.
    pub name: String,
    /// What came of it.
    pub result: Result<T, Panicked>,
}

/// All jobs of one owner; `T` is what they come back with.
///
/// Dropping it asks every job to stop and waits until they have.
pub struct Jobs<T> {
    jobs: Vec<Job>,
    next_id: u64,
    waker: Waker,
    sender: Sender<(JobId, Result<T, Panicked>)>,
    receiver: Receiver<(JobId, Result<T, Panicked>)>,
}

struct Job {
    id: JobId,
    name: String,
    shared: Arc<Shared>,
    /// `None` for a job on a worker's thread.
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    progress: Mutex<Progress>,
    cancel: AtomicBool,
    started: AtomicBool,
}

impl<T: Send + 'static> Jobs<T> {
    /// No jobs yet; `waker` is called when one reports progress or ends.
    #[must_use]
    pub fn new(waker: Waker) -> Self {
        let (sender, receiver) = channel();
        Self {
            jobs: Vec::new(),
            next_id: 0,
            waker,
            sender,
            receiver,
        }
    }

    /// Starts `work` on a thread of its own.
    pub fn start(
        &mut self,
        name: impl Into<String>,
        work: impl FnOnce(&JobContext) -> T + Send + 'static,
    ) -> JobId {
        let (id, context) = self.register(name.into());
        let sender = self.sender.clone();
        let thread = spawn(move || run(id, &context, &sender, || work(&context)));
        match thread {
            Ok(thread) => {
                if let Some(job) = self.jobs.last_mut() {
                    job.thread = Some(thread);
                }
            }
            Err(error) => self.refuse(id, &error.to_string()),
        }
        id
    }

    /// As [`Self::start`], for work that waits for a person: the end of the program does not wait
    /// for it.
    pub fn start_unawaited(
        &mut self,
        name: impl Into<String>,
        work: impl FnOnce(&JobContext) -> T + Send + 'static,
    ) -> JobId {
        let id = self.start(name, work);
        if let Some(job) = self.jobs.last_mut() {
            job.thread = None;
        }
        id
    }

    /// Puts `work` at the end of what `worker` has to do.
    pub fn give<S: Send + 'static>(
        &mut self,
        worker: &Worker<S>,
        name: impl Into<String>,
        work: impl FnOnce(&mut S, &JobContext) -> T + Send + 'static,
    ) -> JobId {
        let (id, context) = self.register(name.into());
        let sender = self.sender.clone();
        let task: Task<S> = Box::new(move |state| {
            run(id, &context, &sender, || work(state, &context));
        });
        if !worker.push(task) {
            self.refuse(id, "its worker has ended");
        }
        id
    }

    /// The next job that has ended, if any has. Never waits.
    pub fn take_ended(&mut self) -> Option<Ended<T>> {
        let (id, result) = self.receiver.try_recv().ok()?;
        let index = self.jobs.iter().position(|job| job.id == id)?;
        let job = self.jobs.remove(index);
        if let Some(thread) = job.thread {
            // The result was its last act, and a panic is in the result.
            thread.join().ok();
        }
        Some(Ended {
            id,
            name: job.name,
            result,
        })
    }

    /// Every job that has not ended, oldest first.
    #[must_use]
    pub fn views(&self) -> Vec<JobView> {
        self.jobs.iter().map(Job::view).collect()
    }

    /// How many jobs have not ended.
    #[must_use]
    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Whether every job has ended.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// Asks a job to stop. One that still waits will not begin its work in earnest: it finds the
    /// flag set.
    pub fn cancel(&self, id: JobId) {
        if let Some(job) = self.jobs.iter().find(|job| job.id == id) {
            job.shared.cancel.store(true, Ordering::Relaxed);
        }
    }

    /// Asks every job to stop.
    pub fn cancel_all(&self) {
        for job in &self.jobs {
            job.shared.cancel.store(true, Ordering::Relaxed);
        }
    }

    fn register(&mut self, name: String) -> (JobId, JobContext) {
        let id = JobId(self.next_id);
        self.next_id += 1;
        let shared = Arc::new(Shared::default());
        self.jobs.push(Job {
            id,
            name,
            shared: Arc::clone(&shared),
            thread: None,
        });
        let waker = self.waker.clone();
        (id, JobContext { shared, waker })
    }

    fn refuse(&self, id: JobId, reason: &str) {
        // The receiver lives as long as `self`.
        self.sender
            .send((
                id,
                Err(Panicked(format!("the job was not started: {reason}"))),
            ))
            .ok();
        self.waker.wake_by_ref();
    }
}

impl<T> Drop for Jobs<T> {
    fn drop(&mut self) {
        for job in &self.jobs {
            job.shared.cancel.store(true, Ordering::Relaxed);
        }
        for job in &mut self.jobs {
            if let Some(thread) = job.thread.take() {
                thread.join().ok();
            }
        }
    }
}

impl Job {
    fn view(&self) -> JobView {
        let started = self.shared.started.load(Ordering::Relaxed);
        let cancelled = self.shared.cancel.load(Ordering::Relaxed);
        let state = match (started, cancelled) {
            (_, true) => JobState::Stopping,
            (true, false) => JobState::Running,
            (false, false) => JobState::Waiting,
        };
        JobView {
            id: self.id,
            name: self.name.clone(),
            state,
            progress: lock(&self.shared.progress).clone(),
        }
    }
}

type Task<S> = Box<dyn FnOnce(&mut S) + Send>;

/// One thread that owns something which must not be shared, such as a model, and does the jobs
/// given to it one after another.
///
/// Dropping it forgets the jobs that wait and waits for the one that runs.
pub struct Worker<S> {
    tasks: Arc<Tasks<S>>,
    thread: Option<JoinHandle<()>>,
}

struct Tasks<S> {
    waiting: Mutex<Option<VecDeque<Task<S>>>>,
    changed: Condvar,
}

impl<S: Send + 'static> Worker<S> {
    /// A worker that owns `state`.
    ///
    /// # Errors
    ///
    /// What the system says where it has no thread to give.
    pub fn new(state: S) -> std::io::Result<Self> {
        let tasks = Arc::new(Tasks {
            waiting: Mutex::new(Some(VecDeque::new())),
            changed: Condvar::new(),
        });
        let theirs = Arc::clone(&tasks);
        let thread = spawn(move || {
            let mut state = state;
            while let Some(task) = theirs.next() {
                task(&mut state);
            }
        })?;
        Ok(Self {
            tasks,
            thread: Some(thread),
        })
    }

    /// Whether the task was taken.
    fn push(&self, task: Task<S>) -> bool {
        let taken = match lock(&self.tasks.waiting).as_mut() {
            Some(waiting) => {
                waiting.push_back(task);
                true
            }
            None => false,
        };
        self.tasks.changed.notify_one();
        taken
    }
}

impl<S> Drop for Worker<S> {
    fn drop(&mut self) {
        *lock(&self.tasks.waiting) = None;
        self.tasks.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

impl<S> Tasks<S> {
    /// The next task; waits for one. `None` once the worker is dropped.
    fn next(&self) -> Option<Task<S>> {
        let mut waiting = lock(&self.waiting);
        loop {
            if let Some(task) = waiting.as_mut()?.pop_front() {
                return Some(task);
            }
            waiting = self
                .changed
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Threads of their own for work that many do together and nothing else is to wait for: one fewer than there are
/// cores, so that one is left for what comes in between.
///
/// # Errors
///
/// What the system says where it has no threads to give.
pub fn crew() -> Result<rayon::ThreadPool, rayon::ThreadPoolBuildError> {
    let n_cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    rayon::ThreadPoolBuilder::new()
        .num_threads((n_cores - 1).max(1))
        .thread_name(|_| "crew".to_owned())
        .build()
}

/// Does the work, sends what came of it, and only then wakes whoever waits.
fn run<T>(
    id: JobId,
    context: &JobContext,
    sender: &Sender<(JobId, Result<T, Panicked>)>,
    work: impl FnOnce() -> T,
) {
    context.shared.started.store(true, Ordering::Relaxed);
    // What the work leaves behind after a panic is the worker's state, whose owner must be able
    // to go on: a transaction that was not committed is rolled back, a model has no memory.
    let result = catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let message = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned());
        Panicked(message.unwrap_or_else(|| "it did not say which".to_owned()))
    });
    // Nobody may be left to receive it when the program ends.
    sender.send((id, result)).ok();
    context.waker.wake_by_ref();
}

fn spawn(work: impl FnOnce() + Send + 'static) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name("job".to_owned())
        .spawn(work)
}

/// A poisoned lock guards plain numbers and text here, which are good at every moment.
fn lock<V>(mutex: &Mutex<V>) -> MutexGuard<'_, V> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
