"""The versioned cache: a size limit, and no value of an earlier version."""

from core.db.versioned_cache import VersionedCache


def test_values_are_cached_by_key_and_version() -> None:
    cache: VersionedCache[str] = VersionedCache(10)
    assert cache.get(1, b"a") is None

    cache.set(1, b"a", "first")

    assert (cache.get(1, b"a"), cache.get(1, b"b")) == ("first", None)


def test_the_least_recently_used_values_are_evicted() -> None:
    cache: VersionedCache[str] = VersionedCache(10, len)
    cache.get(1, b"")
    for key in (b"a", b"b", b"c"):
        cache.set(1, key, "12345")
        cache.get(1, b"a")

    assert [cache.get(1, key) is not None for key in (b"a", b"b", b"c")] == [True, False, True]


def test_values_larger_than_the_cache_are_not_stored() -> None:
    cache: VersionedCache[str] = VersionedCache(10, len)
    cache.get(1, b"a")

    cache.set(1, b"a", "x" * 11)

    assert cache.get(1, b"a") is None


def test_another_version_clears_the_cache() -> None:
    cache: VersionedCache[str] = VersionedCache(10)
    cache.get(1, b"a")
    cache.set(1, b"a", "first")

    assert cache.get(2, b"a") is None
    assert cache.get(1, b"a") is None


def test_values_of_an_earlier_version_are_not_stored() -> None:
    """One thread reads version 1, and another one version 2, before the first stores its value."""
    cache: VersionedCache[str] = VersionedCache(10)
    cache.get(1, b"a")
    cache.get(2, b"a")

    cache.set(1, b"a", "outdated")

    assert cache.get(2, b"a") is None
