namespace MultiExit.Engine.Fleet.Questions;

/// <summary>How many questions a node answers: whoever may write to the store may ask.</summary>
/// <param name="time">The clock.</param>
internal sealed class QuestionRate(TimeProvider time)
{
    /// <summary>The most in a second.</summary>
    public const int MaxASecond = 8;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private long _began = time.GetTimestamp();
    private int _answered;

    /// <summary>How many may be answered now.</summary>
    public int Left
    {
        get
        {
            if (time.GetElapsedTime(_began) >= Second) (_began, _answered) = (time.GetTimestamp(), 0);
            return MaxASecond - _answered;
        }
    }

    /// <summary>One was.</summary>
    public void Count() => _answered++;
}
