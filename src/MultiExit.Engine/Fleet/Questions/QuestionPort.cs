namespace MultiExit.Engine.Fleet.Questions;

/// <summary>Where a server and the questions of its fleet meet: a work of the fleet reads them, the server finds out what to say. Thread-safe.</summary>
internal sealed class QuestionPort
{
    private volatile Func<FleetQuestion, CancellationToken, Task<NodeReply>>? _answer;

    /// <summary>Answers as this node; null: it knows no questions.</summary>
    public Func<FleetQuestion, CancellationToken, Task<NodeReply>>? Answer
    {
        get => _answer;
        set => _answer = value;
    }
}
