namespace MultiExit.Engine.Takeover;

/// <summary>What the running process hands over, with the descriptors in the same order.</summary>
/// <param name="Version">The version of this exchange; processes of another one do not take over.</param>
/// <param name="Server">The name of the server.</param>
/// <param name="Process">The id of the process.</param>
/// <param name="Purposes">What each descriptor is for.</param>
internal sealed record TakeoverOffer(int Version, string Server, int Process, IReadOnlyList<string> Purposes)
{
    /// <summary>The version of this program.</summary>
    public const int Current = 1;

    /// <summary>The most descriptors that are taken.</summary>
    public const int MaxDescriptors = 4096;

    /// <summary>The purpose of the control socket.</summary>
    public static string OfControl(string path) => $"control {path}";

    /// <summary>The purpose of the listener for scrapers.</summary>
    public static string OfMetrics(System.Net.IPEndPoint listen) => $"metrics {listen}";

    /// <summary>The purpose of the dashboard's listener.</summary>
    public static string OfDashboard(System.Net.IPEndPoint listen) => $"dashboard {listen}";

    /// <summary>The purpose of the lock on a file.</summary>
    public static string OfFile(string path) => $"file {path}";

    /// <summary>The purpose of the lock on a history.</summary>
    public static string OfHistory(string folder) => $"history {folder}";
}
