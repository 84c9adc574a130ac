//! Guests that are saved to files, and restored from them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::saving::{Save, Saving};
use super::super::{
    Lifecycle, PausedReason, Result, ResumedDetail, RunningReason, ShutoffReason, StartedDetail,
    StoppedDetail, SuspendedDetail, Uuid, errors,
};
use super::guest::{Activity, Live, LiveState};
use super::held::check_same_guest;
use super::image::{self, Beside, Image, Put, check_place};
use super::long_documents::told;
use super::machine::Machine;
use super::memory::Memory;
use super::turn::Turn;
use super::xml::Definition;
use super::{Inner, Mem};
use crate::server::heavy;

/// So many guests are saved, restored or looked at in their files at a time.
pub(super) const AT_FILES: usize = 4;

impl Saving for Mem {
    async fn save(&self, domain: Uuid, to: &Path, how: Save) -> Result<()> {
        let to = to.to_owned();
        on_a_thread(&self.inner, move |inner| save(inner, domain, &to, how)).await
    }

    async fn restore(&self, from: &Path, how: Save) -> Result<()> {
        let (from, bytes_max) = (from.to_owned(), self.inner.config.memory_bytes_max);
        let (image, definition) = on_a_thread(&self.inner, move |_| {
            let image = Image::read(&from, bytes_max)?;
            let definition = definition(&image, how.xml.as_deref())?;
            Ok((image, Arc::new(definition)))
        })
        .await?;
        self.inner.table().check_startable(&definition)?;
        let machine = self.inner.loaded_machine(definition.uuid, Memory::received(image.memory)).await?;
        let runs = how.runs.unwrap_or(image.runs);
        self.inner.at_guest(None, move |turn| turn.restore_saved(definition, machine, runs)).await
    }

    async fn saved_xml(&self, file: &Path) -> Result<String> {
        let (file, bytes_max) = (file.to_owned(), self.inner.config.memory_bytes_max);
        on_a_thread(&self.inner, move |_| image::xml(&file, bytes_max)).await
    }

    async fn set_saved(&self, file: &Path, how: Save) -> Result<()> {
        let (file, bytes_max) = (file.to_owned(), self.inner.config.memory_bytes_max);
        on_a_thread(&self.inner, move |_| {
            let image = Image::read(&file, bytes_max)?;
            let xml = definition(&image, how.xml.as_deref())?.xml;
            Image { xml, runs: how.runs.unwrap_or(image.runs), ..image }.write(&file)
        })
        .await
    }

    fn managed(&self, domain: Uuid) -> Option<PathBuf> {
        self.inner.managed(domain)
    }
}

/// Does what may wait for a guest or a disk, or holds the memory of a guest; to its end, also where nobody waits for it any more. Only
/// so much of that is done at a time: more would take the threads from all others.
pub(super) async fn on_a_thread<T: Send + 'static>(
    inner: &Arc<Inner>,
    work: impl FnOnce(&Inner) -> Result<T> + Send + 'static,
) -> Result<T> {
    let inner = inner.clone();
    told(heavy::work_at(inner.at_files.clone(), move || work(&inner)).await)
}

/// The configuration of a file, or the one that is wished for in its place.
fn definition(image: &Image, wished: Option<&str>) -> Result<Definition> {
    let own = Definition::parse(&image.xml, None)?;
    let Some(wished) = wished else { return Ok(own) };
    let wished = Definition::asked(wished)?;
    check_same_guest(&wished, &own)?;
    Ok(wished)
}

fn save(inner: &Inner, uuid: Uuid, to: &Path, how: Save) -> Result<()> {
    // Before the guest stands still for it.
    check_place(to)?;
    let wished = how.xml.as_deref().map(Definition::asked).transpose()?;
    let pause = inner.turn(uuid).pause_to_save(uuid, PausedReason::Save)?;
    let (own, ran) = (&pause.definition, pause.ran);
    let written = (|| {
        let machine = inner.table().machine(uuid)?;
        let xml = match wished {
            Some(wished) => {
                check_same_guest(&wished, own)?;
                wished.xml
            }
            None => own.xml.clone(),
        };
        let memory = machine.memory()?.as_bytes().to_vec();
        Image { runs: how.runs.unwrap_or(ran), xml, memory }.write_beside(to)
    })();
    put(inner, &pause, written)
}

/// Ends a guest that is all in a file, which is put where it belongs. One that was ended meanwhile has none: nobody is to start from it.
fn put(inner: &Inner, pause: &Pause, written: Result<Beside>) -> Result<()> {
    let put = written.and_then(|beside| {
        // As long as it was written it may have been ended.
        inner.turn(pause.uuid).paused_by(pause)?;
        beside.put()
    });
    ended(inner, pause, put)
}

fn ended(inner: &Inner, pause: &Pause, put: Result<Put>) -> Result<()> {
    let mut turn = inner.turn(pause.uuid);
    match (put, turn.paused_by(pause).map(drop)) {
        (Ok(_), Ok(())) => turn.turn_off(pause.uuid, ShutoffReason::Saved, StoppedDetail::Saved),
        (Ok(put), Err(error)) => {
            drop(turn);
            put.take_back();
            Err(error)
        }
        (Err(error), _) => {
            // Where it is not the same guest any more, there is none to let run.
            let _ = turn.run_on(pause, RunningReason::SaveCanceled);
            Err(error)
        }
    }
}

/// What a guest was before it was paused to be saved, and which run of it.
pub(super) struct Pause {
    uuid: Uuid,
    id: u32,
    pub(super) definition: Arc<Definition>,
    pub(super) ran: bool,
    why: PausedReason,
}

impl Turn<'_> {
    /// A guest stands still, and is in nobody's hands but this.
    pub(super) fn pause_to_save(&mut self, uuid: Uuid, why: PausedReason) -> Result<Pause> {
        let live = self.guest_mut(uuid)?.idle_mut()?;
        let ran = matches!(live.state(), LiveState::Running(_));
        let pause = Pause { uuid, id: live.id, definition: live.definition.clone(), ran, why };
        live.activity = Activity::Held { sent: None };
        if ran {
            self.stand(uuid, LiveState::Paused(why), None)?;
            self.tell(uuid, Lifecycle::Suspended(SuspendedDetail::Paused));
        }
        Ok(pause)
    }

    /// The guest, if it is still the same that was paused so, in the same hands. It may have been ended meanwhile, and another of
    /// its UUID may be here, or on its way here.
    fn paused_by(&mut self, pause: &Pause) -> Result<&mut Live> {
        let is_held = self.held(pause.uuid).is_some();
        let live = self.guest_mut(pause.uuid)?.live_mut()?;
        match live.activity {
            Activity::Held { sent: None } if live.id == pause.id && live.ends.is_none() && !is_held => {
                Ok(live)
            }
            _ => Err(errors::invalid("the domain was ended meanwhile")),
        }
    }

    /// It is as it was before; paused if somebody has paused it meanwhile.
    pub(super) fn run_on(&mut self, pause: &Pause, why: RunningReason) -> Result<()> {
        let live = self.paused_by(pause)?;
        if !pause.ran || live.state() != LiveState::Paused(pause.why) {
            live.activity = Activity::Idle;
        } else if self.stand(pause.uuid, LiveState::Running(why), Some(Activity::Idle)).is_ok() {
            self.tell(pause.uuid, Lifecycle::Resumed(ResumedDetail::Unpaused));
        }
        Ok(())
    }

    fn restore_saved(&mut self, definition: Arc<Definition>, machine: Machine, runs: bool) -> Result<()> {
        self.check_startable(&definition)?;
        let uuid = self.guest_for(&definition)?.uuid;
        let state = match runs {
            true => LiveState::Running(RunningReason::Restored),
            false => LiveState::Paused(PausedReason::User),
        };
        self.turn_on(uuid, definition, machine, state, StartedDetail::Restored)?;
        let told = match runs {
            true => Lifecycle::Resumed(ResumedDetail::Unpaused),
            false => Lifecycle::Suspended(SuspendedDetail::Restored),
        };
        self.tell(uuid, told);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::time::Duration;

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::super::super::{Hypervisor, StartOptions, WhichXml};
    use super::*;

    /// A guest was once saved to `/dev/full`, and then that was a file.
    #[tokio::test]
    async fn a_device_a_fifo_and_a_link_are_no_place_for_a_guest_and_stay() {
        let folder = std::env::temp_dir().join(format!("virtwire-places-{}", Uuid::random()));
        fs::create_dir_all(folder.join("folder")).unwrap();
        mknodat(CWD, folder.join("fifo"), FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        fs::write(folder.join("others"), "precious").unwrap();
        symlink("others", folder.join("link")).unwrap();
        symlink("nothing", folder.join("broken")).unwrap();
        let kind = |name: &str| fs::symlink_metadata(folder.join(name)).unwrap().file_type();
        let mem = Mem::default();
        let xml = "<domain type='mem'><name>a</name><memory>1024</memory></domain>";
        let uuid = mem.create(xml.to_owned(), StartOptions::default()).await.unwrap().uuid;
        for name in ["fifo", "link", "broken", "folder"] {
            let before = kind(name);
            let error = mem.save(uuid, &folder.join(name), Save::default()).await.unwrap_err();
            assert!(error.message.to_string_lossy().contains("no regular file"), "{name}: {error}");
            assert_eq!(kind(name), before, "{name}");
            assert!(mem.inner.table().guest(uuid).unwrap().is_active(), "{name}");
        }
        assert_eq!(fs::read_to_string(folder.join("others")).unwrap(), "precious");
        // An image is read through a link, and not written.
        mem.save(uuid, &folder.join("image"), Save::default()).await.unwrap();
        symlink("image", folder.join("to-image")).unwrap();
        mem.set_saved(&folder.join("to-image"), Save::default()).await.unwrap_err();
        assert!(kind("to-image").is_symlink());
        mem.restore(&folder.join("to-image"), Save::default()).await.unwrap();
        fs::remove_dir_all(folder).unwrap();
    }

    /// Its next start would go on from before its end.
    #[tokio::test]
    async fn a_guest_that_is_ended_while_it_is_saved_leaves_no_image() {
        let path = std::env::temp_dir().join(format!("virtwire-ended-{}", Uuid::random()));
        let mem = Mem::default();
        let xml = "<domain type='mem'><name>a</name><memory>1024</memory></domain>";
        let uuid = mem.define(xml.to_owned()).await.unwrap().uuid;
        let image = Image { runs: true, xml: xml.to_owned(), memory: vec![7] };
        let start = || mem.start(uuid, StartOptions::default());
        let pause = || mem.inner.turn(uuid).pause_to_save(uuid, PausedReason::Save).unwrap();
        // Before the file is where it belongs, and just after that.
        for (just_after, older) in [(false, false), (true, false), (true, true)] {
            if older {
                fs::write(&path, "of another run").unwrap();
            }
            start().await.unwrap();
            let pause = pause();
            let beside = image.write_beside(&path).unwrap();
            let saved = match just_after {
                false => {
                    mem.destroy(uuid).await.unwrap();
                    put(&mem.inner, &pause, Ok(beside))
                }
                true => {
                    let put = beside.put();
                    mem.destroy(uuid).await.unwrap();
                    ended(&mem.inner, &pause, put)
                }
            };
            assert_eq!(saved.unwrap_err().code.0, 55);
            assert!(!path.exists(), "{just_after} {older}");
        }
        // A file that was there before stays.
        fs::write(&path, "precious").unwrap();
        start().await.unwrap();
        let pause = pause();
        let beside = image.write_beside(&path).unwrap();
        mem.destroy(uuid).await.unwrap();
        put(&mem.inner, &pause, Ok(beside)).unwrap_err();
        assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
        let folder = fs::read_dir(path.parent().unwrap()).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let left =
            folder.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with(&name));
        assert_eq!(left.count(), 1, "nothing is left beside it");
        fs::remove_file(&path).unwrap();
    }

    /// Whoever may only look at guests may ask for a configuration in an image, and as often as it likes: whoever logs in meanwhile, or
    /// has a long document read, needs a thread as well.
    #[test]
    fn however_many_images_are_asked_for_there_are_threads_for_others() {
        const ASKED: usize = 64;
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().max_blocking_threads(AT_FILES + 1).build().unwrap().block_on(async {
            let mem = Mem::default();
            let image = std::env::temp_dir().join(format!("virtwire-asked-{}", Uuid::random()));
            let xml = "<domain type='mem'><name>a</name><memory unit='MiB'>4</memory></domain>";
            let uuid = mem.create(xml.to_owned(), StartOptions::default()).await.unwrap().uuid;
            let own = mem.xml(uuid, WhichXml::Inactive).await.unwrap();
            mem.save(uuid, &image, Save::default()).await.unwrap();

            // As where all of them wait for their disk.
            let (begin, mut begun) = tokio::sync::mpsc::unbounded_channel();
            let (ends, disks): (Vec<_>, Vec<_>) =
                (0..ASKED).map(|_| tokio::sync::oneshot::channel::<()>()).unzip();
            let waiting = disks.into_iter().map(|disk| {
                let (mem, begin) = (mem.clone(), begin.clone());
                tokio::spawn(async move {
                    let waits = move |_: &Inner| {
                        let _ = begin.send(());
                        let _ = disk.blocking_recv();
                        Ok(())
                    };
                    on_a_thread(&mem.inner, waits).await
                })
            });
            let waiting: Vec<_> = waiting.collect();
            for _ in 0..AT_FILES {
                begun.recv().await.unwrap();
            }
            let asked = (0..ASKED).map(|_| {
                let (mem, image) = (mem.clone(), image.clone());
                tokio::spawn(async move { mem.saved_xml(&image).await })
            });
            let asked: Vec<_> = asked.collect();
            tokio::task::yield_now().await;
            let other = tokio::task::spawn_blocking(|| ());
            tokio::time::timeout(Duration::from_secs(60), other).await.expect("a thread for others").unwrap();
            assert!(begun.try_recv().is_err(), "more than {AT_FILES} are at it");
            drop(ends);
            for one in waiting {
                one.await.unwrap().unwrap();
            }
            for one in asked {
                assert_eq!(one.await.unwrap().unwrap(), own);
            }
            fs::remove_file(image).unwrap();
        });
    }
}
