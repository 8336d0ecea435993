namespace MultiExit.Engine.Status;

/// <summary>What became of a question to a node of a fleet.</summary>
public enum NodeAnswerState
{
    /// <summary>It has answered.</summary>
    Answered,

    /// <summary>It does not know the question: its program is of another version.</summary>
    Unknown,

    /// <summary>It could not find it out.</summary>
    Failed,

    /// <summary>It is alive and has not answered in time.</summary>
    Missing,

    /// <summary>It had written nothing to the store for 15 s, and was not waited for.</summary>
    Silent,
}
