using MultiExit.Engine.Protocols.Shadowsocks;

namespace MultiExit.Engine.Shadowsocks;

/// <summary>Opens the octets of one direction of a connection, element by element. Not thread-safe.</summary>
internal sealed class ShadowsocksOpener : IDisposable
{
    private readonly ShadowsocksMethod _method;
    private readonly byte[]? _key;
    private readonly byte[]? _requestSalt;
    private readonly TimeProvider _time;
    private ShadowsocksCipher? _cipher;
    private Step _step;
    private int _payload;

    /// <summary>The direction of a client, behind its request.</summary>
    public ShadowsocksOpener(ShadowsocksMethod method, ShadowsocksCipher cipher)
    {
        (_method, _cipher, _time) = (method, cipher, TimeProvider.System);
        _step = Step.Length;
    }

    /// <summary>The direction of a server, from its beginning.</summary>
    /// <param name="method">The method.</param>
    /// <param name="key">The key.</param>
    /// <param name="requestSalt">The salt of the request.</param>
    /// <param name="time">The clock.</param>
    public ShadowsocksOpener(ShadowsocksMethod method, byte[] key, byte[] requestSalt, TimeProvider time)
    {
        (_method, _key, _requestSalt, _time) = (method, key, requestSalt, time);
    }

    private enum Step
    {
        Salt,
        Header,
        Length,
        Payload,
    }

    /// <summary>The octets of the next element.</summary>
    public int Next => _step switch
    {
        Step.Salt => _method.KeyLength(),
        Step.Header => Shadowsocks2022Header.ResponseLength(_method) + ShadowsocksMethods.TagLength,
        Step.Length => ShadowsocksChunk.LengthLength,
        _ => _payload + ShadowsocksMethods.TagLength,
    };

    /// <summary>Whether the direction may end here: before it has begun, or between two chunks.</summary>
    public bool MayEnd => _step is Step.Salt or Step.Length;

    /// <summary>The octets of payload that the next element has; 0 for one without any.</summary>
    public int Payload => _step == Step.Payload ? _payload : 0;

    /// <summary>Opens the next element.</summary>
    /// <param name="element"><see cref="Next"/> octets; what is no payload is opened in them.</param>
    /// <param name="target">Takes the payload; may be the place of the element itself.</param>
    /// <returns>The octets of payload; 0 for an element without any.</returns>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public int Open(Span<byte> element, Span<byte> target)
    {
        switch (_step)
        {
            case Step.Salt:
                _cipher = ShadowsocksCipher.OfSession(_method, _key, element);
                _step = _method.Is2022() ? Step.Header : Step.Length;
                return 0;
            case Step.Header:
                if (!_cipher!.TryOpen(element, element) || !Shadowsocks2022Header.TryReadResponse(element, _requestSalt, out ulong seconds, out _payload))
                    throw Unreadable();
                if (!Shadowsocks2022Header.IsNear(seconds, _time.GetUtcNow()))
                    throw new IOException("the clocks of this host and of the Shadowsocks server are more than 30 s apart");
                _step = Step.Payload;
                return 0;
            case Step.Length:
                _payload = ShadowsocksChunk.OpenLength(_cipher!, _method, element);
                if (_payload < 0) throw Unreadable();
                _step = Step.Payload;
                return 0;
            default:
                if (!_cipher!.TryOpen(element, target)) throw Unreadable();
                _step = Step.Length;
                return _payload;
        }
    }

    public void Dispose() => _cipher?.Dispose();

    private static IOException Unreadable() => new("the peer's octets cannot be opened: another method or key, or they were changed on the way");
}
