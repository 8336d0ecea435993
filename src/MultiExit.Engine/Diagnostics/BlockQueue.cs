namespace MultiExit.Engine.Diagnostics;

/// <summary>Items that wait to be written, as bytes. Whoever adds one never waits: where there is no room, the item is dropped and counted. Any number
/// of threads add, one takes.</summary>
/// <remarks>An item waits for half a second or so. As an object it would outlive the youngest generation of the garbage collector, which then copies
/// it, and that costs several times what its bytes cost (docs/decisions/0089).</remarks>
/// <param name="capacity">The most items that wait.</param>
/// <param name="blockSize">The bytes of a block; what is longer is dropped.</param>
internal sealed class BlockQueue(int capacity, int blockSize = BlockQueue.BlockSize) : IDisposable
{
    /// <summary>The bytes of a block.</summary>
    public const int BlockSize = 512 * 1024;

    // What is kept for the next ones: a burst does not keep its memory.
    private const int MaxSpare = 2;
    private const int MaxBlocks = 128;

    private readonly Lock _lock = new();
    private readonly Queue<ItemBlock> _blocks = new();
    private readonly Stack<ItemBlock> _spare = new(MaxSpare);
    private readonly AutoResetEvent _wake = new(false);
    private ItemBlock? _last;
    private int _count;
    private long _dropped;

    /// <summary>How many wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether there is no room.</summary>
    public bool IsFull => Count >= capacity;

    /// <summary>How many were dropped.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Adds an item.</summary>
    /// <returns>False when it was dropped.</returns>
    public bool TryAdd(ReadOnlySpan<byte> item)
    {
        bool isFirst;
        lock (_lock)
        {
            if (_count >= capacity || !TryAppend(item))
            {
                _dropped++;
                return false;
            }
            isFirst = _count++ == 0;
        }
        // The one who takes looks again before it waits, so that one signal is enough for all that come meanwhile.
        if (isFirst) Wake();
        return true;
    }

    /// <summary>Takes the oldest items; the block is given back with <see cref="Return"/>.</summary>
    /// <returns>Null: none wait.</returns>
    public ItemBlock? Take()
    {
        lock (_lock)
        {
            if (!_blocks.TryDequeue(out ItemBlock? block)) return null;
            if (block == _last) _last = null;
            _count -= block.Count;
            return block;
        }
    }

    /// <summary>Gives back a block whose items are written.</summary>
    public void Return(ItemBlock block)
    {
        block.Clear();
        lock (_lock)
            if (_spare.Count < MaxSpare) _spare.Push(block);
    }

    /// <summary>Counts items as dropped that were taken and could not be written.</summary>
    public void AddDropped(long count)
    {
        lock (_lock) _dropped += count;
    }

    /// <summary>Ends <see cref="Wait"/>.</summary>
    public void Wake()
    {
        try
        {
            _wake.Set();
        }
        catch (ObjectDisposedException)
        {
            // The writer has ended meanwhile, by a reload; a session that ends just then, or a search, is not to fail for it.
        }
    }

    /// <summary>Waits for the first item, or for <see cref="Wake"/>.</summary>
    public void Wait(TimeSpan atMost) => _wake.WaitOne(atMost);

    public void Dispose() => _wake.Dispose();

    private bool TryAppend(ReadOnlySpan<byte> item)
    {
        if (_last?.TryAdd(item) == true) return true;
        if (item.Length > blockSize || _blocks.Count >= MaxBlocks) return false;
        if (!_spare.TryPop(out _last)) _last = new ItemBlock(blockSize);
        _blocks.Enqueue(_last);
        return _last.TryAdd(item);
    }
}
