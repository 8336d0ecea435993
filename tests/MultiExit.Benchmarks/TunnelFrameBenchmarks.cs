using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using MultiExit.Engine.Protocols.Tunnel;

namespace MultiExit.Benchmarks;

/// <summary>One frame sealed and opened, beside the AEAD alone.</summary>
[MemoryDiagnoser]
public class TunnelFrameBenchmarks
{
    private readonly byte[] _payload = RandomNumberGenerator.GetBytes(16384);
    private readonly byte[] _frame = new byte[TunnelWire.MaxFrame];
    private readonly byte[] _opened = new byte[TunnelWire.MaxBody];
    private readonly byte[] _nonce = new byte[12];
    private readonly byte[] _tag = new byte[16];
    private readonly AesGcm _aes = new(RandomNumberGenerator.GetBytes(32), 16);
    private TunnelFrameSealer _sealer = null!;
    private TunnelFrameOpener _opener = null!;

    [Params(1, 2, 3)]
    public int Method { get; set; }

    [Params(64, 16384)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Start()
    {
        TunnelPsk.TryCreate("benchmark"u8, out TunnelPsk? psk);
        _sealer = new TunnelFrameSealer((TunnelMethod)Method, TunnelFlags.None, new TunnelKeys(psk!, 1, 2, TunnelDirection.ClientToServer));
        _opener = new TunnelFrameOpener((TunnelMethod)Method, TunnelFlags.None, new TunnelKeys(psk!, 1, 2, TunnelDirection.ClientToServer));
    }

    [Benchmark(Baseline = true)]
    public void AesGcmAlone()
    {
        _aes.Encrypt(_nonce, _payload.AsSpan(0, Size), _opened.AsSpan(0, Size), _tag);
        _aes.Decrypt(_nonce, _opened.AsSpan(0, Size), _tag, _frame.AsSpan(0, Size));
    }

    [Benchmark]
    public int SealAndOpen()
    {
        int length = _sealer.Seal(TunnelFrameType.Data, 1, _payload.AsSpan(0, Size), _frame);
        _opener.Open(_frame.AsSpan(0, length), _opened, out int opened);
        return opened;
    }
}
