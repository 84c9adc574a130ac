//! Managed save images, which outlive a daemon as definitions do.
//!
//! An image belongs to the definition that its domain has. Without that it would be the memory of whoever is defined under its UUID next,
//! and beside a domain that runs it is older than what runs: then it is set aside, where nobody starts from it and nothing is lost.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::super::Uuid;
use super::super::store::{SetAside, UNFINISHED, is_set_aside, set_aside};
use super::outline::Outline;
use super::{Inner, image};

const IMAGE: &str = ".save";

impl Inner {
    /// Where a guest's managed save image is, or would be.
    pub(super) fn managed(&self, domain: Uuid) -> Option<PathBuf> {
        Some(self.images.as_ref()?.join(format!("{domain}{IMAGE}")))
    }

    /// The image of a guest is out of the way, if there is one.
    pub(super) fn set_image_aside(&self, domain: Uuid, why: &str) -> io::Result<Option<SetAside>> {
        let image = self.managed(domain).filter(|path| path.exists());
        image.map(|path| set_aside(&path, why.to_owned())).transpose()
    }
}

/// Makes the folder where there is none, and leaves in it the images that domains can start from. Says what was set aside.
///
/// One that was being written when its daemon ended was promised to nobody, and is removed.
pub(super) fn open(folder: &Path, is_defined: impl Fn(Uuid) -> bool) -> io::Result<Vec<SetAside>> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let mut aside = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if is_set_aside(&name) {
            continue;
        }
        if is_unfinished(&name) && entry.file_type()?.is_file() {
            fs::remove_file(&path)?;
            continue;
        }
        let checked = match domain_of(&name) {
            None => Err("it is no domain's image".to_owned()),
            Some(uuid) if !is_defined(uuid) => Err("its domain is not defined".to_owned()),
            Some(uuid) => image::check(&path).and_then(|xml| check_is_of(uuid, &xml)),
        };
        if let Err(why) = checked {
            aside.push(set_aside(&path, why)?);
        }
    }
    aside.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(aside)
}

/// That an image has the domain that it is called by: somebody may have put it there. What cannot be read is seen when it is restored.
fn check_is_of(domain: Uuid, xml: &str) -> Result<(), String> {
    let found = Outline::read(xml).ok().and_then(Outline::described).and_then(|(uuid, _)| uuid);
    match found {
        Some(found) if found != domain => Err(format!("it is another domain's, {found}")),
        _ => Ok(()),
    }
}

fn domain_of(name: &str) -> Option<Uuid> {
    name.strip_suffix(IMAGE)?.parse().ok()
}

/// Whether it is named as an image is while it is written: behind the image's name a number that nobody can guess.
fn is_unfinished(name: &str) -> bool {
    let parts = name.strip_suffix(UNFINISHED).and_then(|name| name.rsplit_once('.'));
    parts.is_some_and(|(image, number)| domain_of(image).is_some() && number.parse::<Uuid>().is_ok())
}
