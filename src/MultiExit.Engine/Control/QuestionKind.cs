using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MultiExit.Engine.Errors;
using MultiExit.Engine.Fleet.Questions;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Control;

/// <summary>Something that a node of a fleet may be asked, and that only reads: how it is written into the store, found out on a node, and read.</summary>
/// <param name="Name">What it is called in the store.</param>
internal abstract record QuestionKind(string Name)
{
    /// <summary>Finds out what a server says to it.</summary>
    /// <exception cref="ProxyException">The server cannot find it out.</exception>
    public abstract Task<NodeReply> AnswerAsync(IServerControl server, string filter, CancellationToken cancellationToken);
}

/// <summary>A question with its filter and what it asks for.</summary>
/// <param name="Name">What it is called in the store.</param>
/// <param name="FindAsync">Finds it out, those first that are to be kept where there are too many.</param>
internal sealed record QuestionKind<TFilter, TItem>(
    string Name, Func<IServerControl, TFilter, CancellationToken, Task<IReadOnlyList<TItem>>> FindAsync) : QuestionKind(Name)
    where TFilter : class
{
    private static readonly JsonSerializerOptions Compact = new(ControlJson.Options) { WriteIndented = false };

    // What is asked for by a member that is not known would be another question.
    private static readonly JsonSerializerOptions Strict = AnswerJson.OptionsOf(
        new JsonSerializerOptions(ControlJson.Options) { UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow });

    /// <summary>The question for the store.</summary>
    public FleetQuestion Ask(TFilter filter) => new(Guid.NewGuid(), Name, JsonSerializer.Serialize(filter, Compact));

    /// <inheritdoc/>
    public override async Task<NodeReply> AnswerAsync(IServerControl server, string filter, CancellationToken cancellationToken)
    {
        TFilter? asked;
        try
        {
            asked = JsonSerializer.Deserialize<TFilter>(filter, Strict);
        }
        catch (JsonException)
        {
            asked = null;
        }
        if (asked is null) return QuestionKinds.Unknown;
        return Write(await FindAsync(server, asked, cancellationToken).ConfigureAwait(false), cancellationToken);
    }

    /// <summary>What a reply of the store says, which may be anything.</summary>
    public NodeAnswer<TItem> Read(NodeReply reply)
    {
        if (reply.State != NodeAnswerState.Answered)
        {
            return new NodeAnswer<TItem>(reply.Node, reply.State, [])
            {
                Reason = reply.Reason ?? (reply.State == NodeAnswerState.Unknown ? "its program does not know the question" : "it does not say why"),
            };
        }
        try
        {
            if (JsonSerializer.Deserialize<IReadOnlyList<TItem>>(reply.Body, AnswerJson.Options) is { Count: <= NodeReply.MaxItems } items)
                return new NodeAnswer<TItem>(reply.Node, reply.State, items) { LeftOut = reply.LeftOut };
        }
        catch (JsonException)
        {
            // As below.
        }
        return new NodeAnswer<TItem>(reply.Node, NodeAnswerState.Failed, []) { Reason = "its answer cannot be read; its program may be of another version" };
    }

    private static NodeReply Write(IReadOnlyList<TItem> items, CancellationToken cancellationToken)
    {
        ArrayBufferWriter<byte> body = new();
        body.Write("["u8);
        int count = 0;
        foreach (TItem item in items.Take(NodeReply.MaxItems))
        {
            cancellationToken.ThrowIfCancellationRequested();
            byte[] json = JsonSerializer.SerializeToUtf8Bytes(item, Compact);
            if (body.WrittenCount + json.Length + 2 > NodeReply.MaxBody) break;
            if (count++ > 0) body.Write(","u8);
            body.Write(json);
        }
        body.Write("]"u8);
        return new NodeReply("", NodeAnswerState.Answered) { LeftOut = items.Count - count, Body = Encoding.UTF8.GetString(body.WrittenSpan) };
    }
}
