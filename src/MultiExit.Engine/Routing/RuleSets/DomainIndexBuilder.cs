namespace MultiExit.Engine.Routing.RuleSets;

/// <summary>Collects the domains of a set.</summary>
internal sealed class DomainIndexBuilder
{
    private const int BlockSize = 1 << DomainIndex.BlockBits;
    private readonly List<byte[]> _blocks = [];
    private readonly List<uint> _places = [];
    private readonly List<uint> _lines = [];
    private int _used = BlockSize;

    /// <summary>Adds a domain.</summary>
    /// <param name="name">In lower case and ASCII, at most 253 characters.</param>
    /// <param name="kinds">Which names it stands for.</param>
    /// <param name="line">Where it stands, from 1.</param>
    public void Add(ReadOnlySpan<byte> name, NameKinds kinds, int line)
    {
        if (_used + 1 + name.Length > BlockSize)
        {
            _blocks.Add(new byte[BlockSize]);
            _used = 0;
        }
        byte[] block = _blocks[^1];
        block[_used] = (byte)name.Length;
        name.CopyTo(block.AsSpan(_used + 1));
        _places.Add((uint)(_blocks.Count - 1) << DomainIndex.BlockBits | (uint)_used);
        _lines.Add((uint)line << DomainIndex.KindBits | (uint)kinds);
        _used += 1 + name.Length;
    }

    /// <summary>The index of all that was added.</summary>
    public DomainIndex Build()
    {
        // What is left of the last block is not kept.
        if (_blocks.Count > 0) _blocks[^1] = _blocks[^1][.._used];
        return new DomainIndex([.. _blocks], [.. _places], [.. _lines]);
    }
}
