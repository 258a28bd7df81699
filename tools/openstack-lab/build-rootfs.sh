#!/usr/bin/env bash
# build-rootfs.sh SUITE ROOTFS PACKAGE...
# Makes a Debian root file system with the packages, of which nothing is started. The packages come from where this
# machine's own Debian packages come from, or from debootstrap's default when it is no Debian. Can be run again after a failure.
set -euo pipefail
suite=$1 rootfs=$2
shift 2
part=$rootfs.part
mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(SITE)' | awk '$1 == "Debian" && $2 == "Debian" { print $3; exit }')
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

if [ ! -e "$part/.debootstrapped" ]; then
    rm -rf "$part"
    mkdir -p "$part"
    debootstrap --variant=minbase --include=ca-certificates,python3 "$suite" "$part" ${mirror:+"$mirror"}
    touch "$part/.debootstrapped"
fi

printf '#!/bin/sh\nexit 101\n' >"$part/usr/sbin/policy-rc.d" # no package may start its service
chmod +x "$part/usr/sbin/policy-rc.d"
{
    echo force-unsafe-io
    printf 'path-exclude=/usr/share/%s/*\n' doc man locale
} >"$part/etc/dpkg/dpkg.cfg.d/lab"
echo 'APT::Install-Recommends "false";' >"$part/etc/apt/apt.conf.d/lab"

# A mount namespace of its own: nothing stays mounted, whatever happens.
unshare --mount --propagation private bash -euc '
    root=$1
    shift
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    chroot "$root" apt-get -q update
    chroot "$root" apt-get -q -y install "$@"
    chroot "$root" apt-get clean' - "$part" "$@"

rm -rf "$part"/var/lib/apt/lists/*
mv "$part" "$rootfs"
