using MultiExit.Engine.Control;

namespace MultiExit.Engine.Dashboard;

/// <summary>What of the control API the dashboard has: all that reads, and of what changes something the part that can be undone. Configurations are
/// not written, files are not read again and servers are not stopped from a browser.</summary>
internal static class DashboardApi
{
    /// <summary>Whether an operator may do it.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path behind <c>/api</c>.</param>
    public static bool Allows(string method, string[] path) => (method, path) switch
    {
        ("POST", ["exits", _, "enable" or "disable" or "weight" or "probe"]) => true,
        ("DELETE", ["sessions", _]) => true,
        ("POST", ["unlock"]) => true,
        ("POST", ["config", "confirm"]) => true,
        ("POST", ["versions", _, "check" or "restore"]) => true,
        _ => false,
    };

    /// <summary>The target behind <c>/api</c>.</summary>
    public static string TargetOf(ControlRequest request)
    {
        int end = request.Target.AsSpan(1).IndexOfAny('/', '?') + 1;
        return end > 0 && request.Target[end] == '/' ? request.Target[end..] : "/";
    }
}
