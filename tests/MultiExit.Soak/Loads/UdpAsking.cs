using System.Buffers.Binary;
using MultiExit.Soak.Clients;

namespace MultiExit.Soak.Loads;

/// <summary>Questions over a UDP association. A datagram may be lost, so each is sent until its answer comes.</summary>
internal sealed class UdpAsking(Stage stage, UdpAssociation association)
{
    private const int NumberLength = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private readonly int _seed = stage.NextSeed();
    private int _number;

    public async Task AskAsync(int size, CancellationToken cancellationToken)
    {
        byte[] question = new byte[NumberLength + size];
        BinaryPrimitives.WriteInt32BigEndian(question, ++_number);
        Pattern.Fill(_seed, _number, question.AsSpan(NumberLength));
        while (true)
        {
            await association.SendAsync(stage.Targets.Udp.EndPoint, question, cancellationToken);
            if (await IsAnsweredAsync(size, cancellationToken)) return;
            Interlocked.Increment(ref stage.Ledger.Of("(datagrams sent again)").Begun);
        }
    }

    private async Task<bool> IsAnsweredAsync(int size, CancellationToken cancellationToken)
    {
        using CancellationTokenSource wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        wait.CancelAfter(Patience);
        try
        {
            while (true)
            {
                ReadOnlyMemory<byte> answer = await association.ReceiveAsync(stage.Targets.Udp.EndPoint, wait.Token);
                int number = BinaryPrimitives.ReadInt32BigEndian(answer.Span);
                if (number > _number) throw new WrongBytesException("the answer to a question that was not asked");
                Pattern.Check(_seed, number, answer.Span[NumberLength..]);
                // Earlier ones were sent twice.
                if (number == _number && answer.Length == NumberLength + size) return true;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
