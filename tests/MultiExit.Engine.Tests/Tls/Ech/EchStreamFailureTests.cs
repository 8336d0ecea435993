using MultiExit.Engine.Tests.Support;
using MultiExit.Engine.Tls.Ech;

namespace MultiExit.Engine.Tests.Tls.Ech;

/// <summary>Which of several failures is reported; no library is needed.</summary>
public sealed class EchStreamFailureTests
{
    // A server that rejects ECH may have closed already when our alert would leave: its retry configs count all the same.
    [Fact]
    public async Task An_alert_that_cannot_be_sent_hides_no_rejection()
    {
        byte[] retry = [1, 2, 3];
        DuplexPair pair = new();
        pair.Left.Abort();
        await using EchStream stream = new(new RejectedEngine(retry), pair.Left);
        EchRejectedException rejected = await Assert.ThrowsAsync<EchRejectedException>(
            () => stream.HandshakeAsync(CancellationToken.None).AsTask().WaitAsync(EchSetup.Patience));
        Assert.Same(retry, rejected.RetryList);
    }

    [Fact]
    public async Task The_alert_of_a_rejection_is_sent()
    {
        DuplexPair pair = new();
        await using EchStream stream = new(new RejectedEngine(null), pair.Left);
        await Assert.ThrowsAsync<EchRejectedException>(() => stream.HandshakeAsync(CancellationToken.None).AsTask().WaitAsync(EchSetup.Patience));
        byte[] alert = new byte[5];
        await pair.Right.ReadExactlyAsync(alert).AsTask().WaitAsync(EchSetup.Patience);
        Assert.Equal("alert"u8, alert);
    }

    private sealed class RejectedEngine(byte[]? retryList) : EchEngine
    {
        protected override bool HandshakeCore()
        {
            TakeOutput("alert"u8);
            throw new EchRejectedException(retryList);
        }

        protected override int ReadCore(Span<byte> buffer) => throw new NotSupportedException();

        protected override int PeekCore(Span<byte> buffer) => throw new NotSupportedException();

        protected override void WriteCore(ReadOnlySpan<byte> bytes) => throw new NotSupportedException();

        protected override void CompleteWritesCore() => throw new NotSupportedException();

        protected override void Free() { }
    }
}
