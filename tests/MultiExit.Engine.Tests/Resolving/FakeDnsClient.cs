using System.Collections.Concurrent;
using MultiExit.Engine.Protocols.Dns;
using MultiExit.Engine.Resolving;

namespace MultiExit.Engine.Tests.Resolving;

/// <summary>A resolver that gives the answers of the test and remembers the questions.</summary>
internal sealed class FakeDnsClient : IDnsClient
{
    private readonly ConcurrentQueue<string> _asked = new();

    /// <summary>The answer; by default the resolver cannot be reached.</summary>
    public Func<string, DnsType, Task<DnsReply>> Answer { get; set; } = (_, _) => Task.FromResult(Unreachable);

    public static DnsReply Unreachable => DnsReply.Failed(DnsStatus.Unreachable, "the resolver https://dns.test/ cannot be reached: Connection refused");

    /// <summary>Each question as <c>name type</c>.</summary>
    public IReadOnlyList<string> Asked => [.. _asked];

    public ValueTask<DnsReply> QueryAsync(string name, DnsType type, CancellationToken cancellationToken)
    {
        _asked.Enqueue($"{name} {type}");
        return new(Answer(name, type).WaitAsync(cancellationToken));
    }

    /// <summary>Answers with these bytes.</summary>
    public void Responds(Func<string, DnsType, byte[]> response, TimeSpan age = default) =>
        Answer = (name, type) => Task.FromResult(Reply(response(name, type), name, type, age));

    public static DnsReply Reply(byte[] response, string name, DnsType type, TimeSpan age = default) =>
        DnsMessage.Parse(response, name, type, out DnsMessage? message) is { } fault
            ? DnsReply.Failed(DnsStatus.BadAnswer, fault)
            : DnsReply.Success(message!, age);
}
