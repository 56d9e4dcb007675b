//! Which step may begin: Kahn's order, kept as steps end.

use crate::plan::{Plan, Step};
use std::collections::BTreeSet;

/// The state of every step of a plan.
pub(crate) struct Schedule<'a> {
    plan: &'a Plan,
    /// For each step, how many that it waits for have not been done.
    waiting: Vec<usize>,
    /// For each step, those that wait for it.
    followers: Vec<Vec<usize>>,
    /// Steps that may begin, by environment and in the order of the plan.
    ready: BTreeSet<(Option<usize>, usize)>,
    running: BTreeSet<usize>,
    /// Environments in which something did not end well.
    broken: BTreeSet<String>,
    settled: Vec<bool>,
}

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Begin this step.
    Begin(usize),
    /// Leave this step out: an earlier environment did not end well.
    LeaveOut(usize, String),
    /// Wait for a running step.
    Wait,
    /// Everything is settled.
    End,
}

impl<'a> Schedule<'a> {
    pub(crate) fn new(plan: &'a Plan) -> Self {
        let steps = &plan.steps;
        let waiting: Vec<usize> = steps.iter().map(|step| step.waits_for.len()).collect();
        let mut followers = vec![Vec::new(); steps.len()];
        for (position, step) in steps.iter().enumerate() {
            step.waits_for.iter().for_each(|&first| followers[first].push(position));
        }
        let settled = vec![false; steps.len()];
        let (running, broken) = (BTreeSet::new(), BTreeSet::new());
        let ready = BTreeSet::new();
        let mut schedule = Self { plan, waiting, followers, ready, running, broken, settled };
        let first = (0..steps.len()).filter(|&at| schedule.waiting[at] == 0);
        schedule.ready = first.map(|at| (schedule.rank(at), at)).collect();
        schedule
    }

    pub(crate) fn step(&self, at: usize) -> &'a Step {
        &self.plan.steps[at]
    }

    fn rank(&self, at: usize) -> Option<usize> {
        let env = &self.step(at).id.env;
        self.plan.environments.iter().position(|name| name == env)
    }

    /// The next thing to do. A step begins once nothing of an earlier environment can go on
    /// without it, so that production is not touched before staging has ended well. `room` says
    /// whether there is room for a step beside those that run.
    pub(crate) fn next(
        &mut self,
        may_begin: bool,
        room: impl Fn(&Step, &mut dyn Iterator<Item = &'a Step>) -> bool,
    ) -> Next {
        let Some(&(rank, earliest)) = self.ready.first() else {
            return if self.running.is_empty() { Next::End } else { Next::Wait };
        };
        if self.running.iter().any(|&at| self.rank(at) < rank) {
            return Next::Wait;
        }
        if let Some(env) = self.broken_before(rank) {
            self.ready.pop_first();
            return Next::LeaveOut(earliest, env);
        }
        if !may_begin {
            return Next::Wait;
        }
        let Some(free) = self.free(rank, room) else { return Next::Wait };
        self.ready.remove(&(rank, free));
        self.running.insert(free);
        Next::Begin(free)
    }

    /// The first step of an environment that is ready, that there is room for, and whose lane
    /// nobody is in: some clouds refuse a second change of the same thing while a first one is
    /// under way.
    fn free(
        &self,
        rank: Option<usize>,
        room: impl Fn(&Step, &mut dyn Iterator<Item = &'a Step>) -> bool,
    ) -> Option<usize> {
        let running = || self.running.iter().map(|&at| self.step(at));
        let busy = |lane: &String| running().any(|step| step.lane.as_ref() == Some(lane));
        let ready = self.ready.iter().take_while(|(of, _)| *of == rank);
        let ready = ready.filter(|(_, at)| !self.step(*at).lane.as_ref().is_some_and(busy));
        let mut free = ready.filter(|(_, at)| room(self.step(*at), &mut running()));
        free.next().map(|&(_, at)| at)
    }

    fn broken_before(&self, rank: Option<usize>) -> Option<String> {
        let before = self.plan.environments.iter().take(rank.unwrap_or_default());
        before.into_iter().find(|env| self.broken.contains(*env)).cloned()
    }

    /// A step was done.
    pub(crate) fn done(&mut self, at: usize) {
        self.running.remove(&at);
        self.settled[at] = true;
        for &follower in &self.followers[at] {
            self.waiting[follower] -= 1;
            if self.waiting[follower] == 0 {
                self.ready.insert((self.rank(follower), follower));
            }
        }
    }

    /// A step was not done; returns everything that cannot be done now, each once.
    pub(crate) fn not_done(&mut self, at: usize) -> Vec<usize> {
        self.running.remove(&at);
        self.ready.remove(&(self.rank(at), at));
        self.settled[at] = true;
        self.broken.insert(self.step(at).id.env.clone());
        let (mut blocked, mut spread) = (Vec::new(), vec![at]);
        while let Some(at) = spread.pop() {
            for &follower in &self.followers[at] {
                if !std::mem::replace(&mut self.settled[follower], true) {
                    self.broken.insert(self.step(follower).id.env.clone());
                    blocked.push(follower);
                    spread.push(follower);
                }
            }
        }
        blocked
    }

    /// Every step that has neither begun nor been settled.
    pub(crate) fn rest(&mut self) -> Vec<usize> {
        self.ready.clear();
        let rest =
            (0..self.settled.len()).filter(|at| !self.settled[*at] && !self.running.contains(at));
        let rest: Vec<usize> = rest.collect();
        rest.iter().for_each(|&at| self.settled[at] = true);
        rest
    }
}
