using MultiExit.Engine.Diagnostics;

namespace MultiExit.Engine.Records;

/// <summary>Records that were taken to be written, and how far that has got. Not thread-safe.</summary>
internal sealed class RecordBatch
{
    private ItemBlock? _block;
    private int _position;

    /// <summary>How many are left.</summary>
    public int Count { get; private set; }

    /// <summary>Where the next one is.</summary>
    public int Position => _position;

    /// <summary>Whether there is one at a place.</summary>
    public bool Has(int position) => _block is { } block && position < block.Length;

    /// <summary>The record at a place; the next one is behind its length.</summary>
    public EncodedRecord At(int position) => new(_block!.Bytes.Span[position..]);

    /// <summary>Takes records from a queue, where none are left here.</summary>
    /// <returns>Whether there are any.</returns>
    public bool Fill(BlockQueue queue)
    {
        if (Count > 0) return true;
        if (_block is not null) queue.Return(_block);
        _block = queue.Take();
        (_position, Count) = (0, _block?.Count ?? 0);
        return Count > 0;
    }

    /// <summary>Those before a place are written.</summary>
    public void Skip(int count, int position)
    {
        Count -= count;
        _position = position;
    }
}
