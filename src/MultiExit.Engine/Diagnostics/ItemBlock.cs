namespace MultiExit.Engine.Diagnostics;

/// <summary>Items one after the other, as bytes.</summary>
/// <param name="size">The most bytes.</param>
internal sealed class ItemBlock(int size)
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(size);

    /// <summary>How many items there are.</summary>
    public int Count { get; private set; }

    /// <summary>The items.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, Length);

    /// <summary>How many bytes they have.</summary>
    public int Length { get; private set; }

    /// <summary>Adds an item, or says that there is no room.</summary>
    public bool TryAdd(ReadOnlySpan<byte> item)
    {
        if (!item.TryCopyTo(_bytes.AsSpan(Length))) return false;
        Length += item.Length;
        Count++;
        return true;
    }

    public void Clear() => Length = Count = 0;
}
