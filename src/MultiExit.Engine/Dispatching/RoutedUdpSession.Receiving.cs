using System.Buffers;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Dispatching;

/// <content>Receiving: each flow is read by a loop of its own, and the client gets one datagram at a time.</content>
internal sealed partial class RoutedUdpSession
{
    private const int MaxDatagram = 65535;

    private async Task ReceiveAsync(IDatagramFlow flow, ExitShare share)
    {
        try
        {
            while (true)
            {
                await flow.ReceiveAsync(Memory<byte>.Empty, _closed.Token).ConfigureAwait(false);
                await ReceiveOneAsync(flow, share).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The flow or the session has ended.
        }
        catch (Exception exception)
        {
            _routing.Log.Unexpected(Request.Inbound, exception);
        }
    }

    private async ValueTask ReceiveOneAsync(IDatagramFlow flow, ExitShare share)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxDatagram);
        try
        {
            DatagramReceived received = await flow.ReceiveAsync(buffer, _closed.Token).ConfigureAwait(false);
            await _delivering.WaitAsync(_closed.Token).ConfigureAwait(false);
            try
            {
                await _deliver(received.Source, buffer.AsMemory(0, received.Length)).ConfigureAwait(false);
                share.AddDown(received.Length);
                _tallies?.Received(received.Source, received.Length);
                await PassedDownAsync(received.Length).ConfigureAwait(false);
            }
            finally
            {
                _delivering.Release();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
