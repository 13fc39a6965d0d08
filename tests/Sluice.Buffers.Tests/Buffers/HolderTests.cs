namespace Sluice.Buffers.Tests;

/// <summary>Who holds a buffer, and what the message about a misused handle says of it.</summary>
public sealed class HolderTests : IDisposable
{
    private readonly WholePool _whole = new(1);
    private readonly LocalBufferPool _pool;

    public HolderTests()
    {
        _pool = _whole.Share("map 7", 0, 1);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _whole.Dispose();
    }

    [Fact]
    public void A_holder_goes_by_its_label_or_else_by_the_owner_of_the_pool()
    {
        NetworkBuffer requested = Request();
        NetworkBuffer labelled = requested.Retain("fetch 1");
        NetworkBuffer plain = labelled.Retain();

        Assert.Equal(["map 7", "fetch 1", "map 7"], [requested.Holder, labelled.Holder, plain.Holder]);
        Assert.Equal("map 7", labelled.Owner);
        ReleaseAll(requested, labelled, plain);
    }

    [Fact]
    public void A_label_is_not_taken_over_by_who_has_the_place_next()
    {
        NetworkBuffer keeper = Request();
        keeper.Retain("fetch 1").Release();
        NetworkBuffer[] others = [.. Enumerable.Range(0, 9).Select(_ => keeper.Retain())];

        Assert.All(others, other => Assert.Equal("map 7", other.Holder));
        ReleaseAll([keeper, .. others]);
    }

    [Fact]
    public void Handing_over_makes_the_old_handle_stale_and_counts_as_one_holder()
    {
        NetworkBuffer requested = Request();
        NetworkBuffer copy = requested;
        NetworkBuffer given = requested.HandOver("sender");

        Assert.False(requested.IsLive);
        Assert.Throws<BufferMisuseException>(copy.Release);
        Assert.Throws<BufferMisuseException>(() => copy.HandOver("thief"));
        Assert.Equal("sender", given.Holder);
        given.Release();
        Assert.Equal(0, _pool.Lent);
    }

    [Fact]
    public void Handing_over_needs_no_free_place()
    {
        NetworkBuffer requested = Request();
        NetworkBuffer[] others = [.. Enumerable.Range(0, 9).Select(_ => requested.Retain())];
        NetworkBuffer given = requested.HandOver("sender");

        Assert.False(requested.IsLive);
        Assert.True(given.IsLive);
        Assert.All(others, other => Assert.True(other.IsLive));
        Assert.False(given.TryRetain(out _));
        ReleaseAll([given, .. others]);
        Assert.Equal(0, _pool.Lent);
    }

    [Fact]
    public void A_second_release_says_whose_the_handle_was_and_who_holds_the_buffer_still()
    {
        NetworkBuffer requested = Request();
        NetworkBuffer fetch = requested.Retain("fetch 1");
        NetworkBuffer sender = requested.Retain("sender");
        fetch.Release();

        BufferMisuseException failure = Assert.Throws<BufferMisuseException>(fetch.Release);

        Assert.Equal(
            "A handle of segment 0 cannot be released: it was held by 'fetch 1' of 'map 7' (life 0, place 1) and was "
            + "released before, in this same life. The segment is still lent to 'map 7' with 2 holder(s): "
            + "'map 7' (place 0), "
            + "'sender' (place 2). Full leak detection would show the life of this buffer (LeakDetectorOptions).",
            failure.Message);
        Assert.Equal(("map 7", "fetch 1", null), (failure.Owner, failure.Holder, failure.History));
        ReleaseAll(requested, sender);
    }

    [Fact]
    public void A_handle_of_an_earlier_life_says_whose_that_was_who_released_last_and_who_has_it_now()
    {
        NetworkBuffer stale = Request().HandOver("fetch 1");
        NetworkBuffer last = stale.Retain("sender");
        stale.Release();
        last.Release();
        using LocalBufferPool other = _whole.Share("reduce 2", 0, 1);
        NetworkBuffer now = other.Request(CancellationToken.None).HandOver("merger");

        BufferMisuseException failure = Assert.Throws<BufferMisuseException>(() => stale.SetLength(1));

        Assert.Equal(
            "A handle of segment 0 cannot be used: it was held by 'fetch 1' of 'map 7' (life 0, " +
                "place 1) and belongs to a "
            + "life that has ended. 'sender' (place 2) was the last to release it. The segment is in life 1 now and is "
            + "lent to 'reduce 2' with 1 holder(s): 'merger' (place 4). "
            + "Full leak detection would show the life of this buffer (LeakDetectorOptions).",
            failure.Message);
        now.Release();
    }

    [Fact]
    public void A_handle_of_a_life_that_is_over_says_that_the_segment_is_free()
    {
        NetworkBuffer stale = Request();
        stale.Release();

        BufferMisuseException failure = Assert.Throws<BufferMisuseException>(stale.Release);

        Assert.Contains("'map 7' (place 0) was the last to release it.", failure.Message, StringComparison.Ordinal);
        Assert.Contains("is in life 1 now and is free.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_buffer_names_all_who_hold_it()
    {
        NetworkBuffer first = Request();
        NetworkBuffer[] others = [.. Enumerable.Range(1, 9).Select(number => first.Retain($"reader {number}"))];

        BufferMisuseException failure = Assert.Throws<BufferMisuseException>(() => first.Retain());

        Assert.Contains("all 10 places are held", failure.Message, StringComparison.Ordinal);
        Assert.All(
            others, other => Assert.Contains($"'{other.Holder}'", failure.Message, StringComparison.Ordinal));
        ReleaseAll([first, .. others]);
    }

    [Fact]
    public void Owners_of_earlier_lives_are_known_for_the_last_two_owners_and_across_the_wrap()
    {
        const uint Last = HolderWord.GenerationMask;
        var record = new HolderRecord();
        record.Begin(Last - 4, "a", null);
        record.Begin(Last - 3, "a", null);
        record.Begin(Last - 2, "b", null);
        record.Begin(1, "b", null);
        record.Begin(2, "c", null);

        Assert.Equal(
            [HolderRecord.Unknown, "b", "b", "b", "c"],
            new uint[] { Last - 3, Last - 2, Last, 1, 2 }.Select(record.OwnerOf));
    }

    [Fact]
    public void An_owner_that_keeps_a_segment_for_all_its_lives_stays_known()
    {
        var record = new HolderRecord();
        for (uint life = 0; life < HolderWord.GenerationMask; life += 1000)
        {
            record.Begin(life, "a", null);
            Assert.Equal("a", record.OwnerOf(life));
        }
    }

    [Fact]
    public void A_label_must_say_something()
    {
        NetworkBuffer buffer = Request();

        Assert.Throws<ArgumentException>(() => buffer.Retain(""));
        Assert.Throws<ArgumentException>(() => buffer.HandOver(""));
        buffer.Release();
    }

    private NetworkBuffer Request() => _pool.Request(CancellationToken.None);

    private static void ReleaseAll(params NetworkBuffer[] buffers) =>
        Array.ForEach(buffers, buffer => buffer.Release());
}
