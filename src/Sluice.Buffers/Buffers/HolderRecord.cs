namespace Sluice.Buffers;

/// <summary>Who has held a segment, now and shortly before: what a message about a misused handle says.</summary>
/// <remarks>
/// Threading: <see cref="Begin"/> is called by whoever has the segment alone; anybody reads at any time. Written only
/// when something changes, so a pool that gets its own segment again writes nothing.
/// </remarks>
internal sealed class HolderRecord
{
    public const string Unknown = "(unknown: too many lives ago)";

    // A change of owner stands between two increments, so that a reader who meets it reads again.
    private int _version;
    private string? _owner;
    private uint _ownerSince;
    private string? _previousOwner;
    private uint _previousSince;

    private HolderLabels? _labels;

    /// <summary>The hook of the pool that has it now or had it last.</summary>
    public IBufferLifecycle? Hook { get; private set; }

    public void Begin(uint generation, string owner, IBufferLifecycle? hook)
    {
        if (!ReferenceEquals(Hook, hook))
        {
            Hook = hook;
        }

        // Refreshed long before the generation comes round to where the order of two lives could not be told.
        if (!ReferenceEquals(_owner, owner) || Distance(_ownerSince, generation) > HolderWord.GenerationMask / 4)
        {
            Interlocked.Increment(ref _version);
            (_previousOwner, _previousSince) = (_owner, _ownerSince);
            (_owner, _ownerSince) = (owner, generation);
            Interlocked.Increment(ref _version);
        }
    }

    /// <summary>The owner label of the pool that had the segment in that life.</summary>
    public string OwnerOf(uint generation)
    {
        while (true)
        {
            int version = Volatile.Read(ref _version);
            string? owner = IsNotBefore(generation, _ownerSince) ? _owner
                : IsNotBefore(generation, _previousSince) ? _previousOwner
                : null;
            Interlocked.MemoryBarrier();
            if (version % 2 == 0 && version == Volatile.Read(ref _version))
            {
                return owner ?? Unknown;
            }

            Thread.Yield();
        }
    }

    public void Label(HolderToken token, string label)
    {
        HolderLabels? labels = Volatile.Read(ref _labels);
        if (labels is null)
        {
            var made = new HolderLabels();
            labels = Interlocked.CompareExchange(ref _labels, made, null) ?? made;
        }

        labels.Set(token, label);
    }

    /// <summary>What that holder called itself, or else the owner label of the pool.</summary>
    public string LabelOf(HolderToken token) =>
        Volatile.Read(ref _labels)?.Of(token) ?? OwnerOf(token.Generation);

    private static uint Distance(uint from, uint to) => (to - from) & HolderWord.GenerationMask;

    private static bool IsNotBefore(uint generation, uint since) =>
        Distance(since, generation) <= HolderWord.GenerationMask / 2;
}
