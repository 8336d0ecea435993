using MultiExit.Engine.Fleet.Questions;

namespace MultiExit.Engine.Fleet.Memory;

/// <summary>A question and what was said to it.</summary>
internal sealed record MemoryQuestion(string Fleet, string Node, FleetQuestion Question, DateTimeOffset Expires)
{
    public Dictionary<string, NodeReply> Replies { get; } = new(StringComparer.Ordinal);
}
