namespace MultiExit.Soak;

/// <summary>How the sessions of one kind went.</summary>
internal sealed class Tally
{
    public int Begun;
    public int Well;

    /// <summary>Touched by a fault that may end them.</summary>
    public int Excused;

    public int Failed;
}
