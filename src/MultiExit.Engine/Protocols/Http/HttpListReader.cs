namespace MultiExit.Engine.Protocols.Http;

/// <summary>Walks over a comma-separated value; empty elements are skipped (RFC 9110 section 5.6.1).</summary>
internal ref struct HttpListReader(ReadOnlySpan<byte> value)
{
    private ReadOnlySpan<byte> _rest = value;

    public ReadOnlySpan<byte> Current { get; private set; }

    public bool Read()
    {
        while (!_rest.IsEmpty)
        {
            int comma = _rest.IndexOf((byte)',');
            Current = HttpChars.Trim(comma < 0 ? _rest : _rest[..comma]);
            _rest = comma < 0 ? default : _rest[(comma + 1)..];
            if (!Current.IsEmpty) return true;
        }
        return false;
    }
}
