//! Jobs: results arrive, progress shows, cancelling stops, a panic is a result.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Wake, Waker};
use std::time::{Duration, Instant};

use secondlook::jobs::{Ended, JobState, Jobs, Worker};

#[derive(Default)]
struct Counter(AtomicUsize);

impl Wake for Counter {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn wait_for<T: Send + 'static>(jobs: &mut Jobs<T>) -> Ended<T> {
    let start = Instant::now();
    loop {
        if let Some(ended) = jobs.take_ended() {
            return ended;
        }
        assert!(start.elapsed() < Duration::from_secs(20), "no job ended");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_result_is_there_when_the_waker_is_called() {
    let counter = Arc::new(Counter::default());
    let mut jobs = Jobs::new(Waker::from(Arc::clone(&counter)));
    let id = jobs.start("Count", |context| {
        context.progress(1, Some(2), "half way");
        7
    });
    let ended = wait_for(&mut jobs);
    assert_eq!(
        (ended.id, ended.name.as_str(), ended.result),
        (id, "Count", Ok(7))
    );
    assert!(jobs.is_empty());
    let start = Instant::now();
    // Once for the progress, once for the end, which comes just after the result.
    while counter.0.load(Ordering::SeqCst) < 2 {
        assert!(start.elapsed() < Duration::from_secs(20));
    }
}

#[test]
fn a_job_shows_its_progress_and_stops_when_asked() {
    let mut jobs = Jobs::new(Waker::noop().clone());
    let (shown, wait_shown) = std::sync::mpsc::channel();
    let id = jobs.start("Long work", move |context| {
        context.progress(3, Some(12), "third");
        shown.send(()).unwrap();
        while !context.is_cancelled() {
            std::thread::sleep(Duration::from_millis(1));
        }
        "stopped"
    });
    wait_shown.recv().unwrap();
    let view = &jobs.views()[0];
    assert_eq!((view.state, view.progress.n_done), (JobState::Running, 3));
    assert_eq!(view.progress.fraction(), Some(0.25));
    assert_eq!(view.progress.note, "third");
    jobs.cancel(id);
    assert_eq!(jobs.views()[0].state, JobState::Stopping);
    assert_eq!(wait_for(&mut jobs).result, Ok("stopped"));
}

#[test]
fn a_panic_is_a_result_and_the_next_job_runs() {
    let mut jobs = Jobs::new(Waker::noop().clone());
    let worker = Worker::new(0_u32).unwrap();
    jobs.give(&worker, "Breaks", |_state, _context| panic!("on purpose"));
    jobs.give(&worker, "Goes on", |state: &mut u32, _context| {
        *state += 1;
        *state
    });
    let error = wait_for(&mut jobs).result.unwrap_err();
    assert!(error.to_string().contains("on purpose"), "{error}");
    assert_eq!(wait_for(&mut jobs).result, Ok(1));
}

#[test]
fn a_worker_keeps_the_order_and_a_job_cancelled_while_it_waits_can_tell() {
    let mut jobs = Jobs::new(Waker::noop().clone());
    let worker = Worker::new(Vec::<u32>::new()).unwrap();
    let (go, wait_to_go) = std::sync::mpsc::channel::<()>();
    jobs.give(&worker, "first", move |done: &mut Vec<u32>, _context| {
        wait_to_go.recv().unwrap();
        done.push(1);
        done.clone()
    });
    let second = jobs.give(&worker, "second", |done: &mut Vec<u32>, context| {
        if !context.is_cancelled() {
            done.push(2);
        }
        done.clone()
    });
    jobs.give(&worker, "third", |done: &mut Vec<u32>, _context| {
        done.push(3);
        done.clone()
    });
    assert_eq!(jobs.views()[2].state, JobState::Waiting);
    jobs.cancel(second);
    go.send(()).unwrap();
    let results: Vec<_> = (0..3)
        .map(|_| wait_for(&mut jobs).result.unwrap())
        .collect();
    assert_eq!(results, [vec![1], vec![1], vec![1, 3]]);
}

#[test]
fn dropping_the_jobs_stops_them() {
    let mut jobs = Jobs::new(Waker::noop().clone());
    let stopped = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&stopped);
    jobs.start("Endless", move |context| {
        while !context.is_cancelled() {
            std::thread::sleep(Duration::from_millis(1));
        }
        theirs.store(1, Ordering::SeqCst);
    });
    drop(jobs);
    assert_eq!(stopped.load(Ordering::SeqCst), 1);
}
