using MultiExit.Engine.Control;

namespace MultiExit.Engine.Dashboard;

/// <summary>Where the dashboard has the control API: all that reads, and of what changes something the part that can be undone
/// (<see cref="ControlRoute.IsForBrowsers"/>). Configurations are not written, files are not read again and servers are not stopped from a browser.</summary>
internal static class DashboardApi
{
    /// <summary>The target behind <c>/api</c>.</summary>
    public static string TargetOf(ControlRequest request)
    {
        int end = request.Target.AsSpan(1).IndexOfAny('/', '?') + 1;
        return end > 0 && request.Target[end] == '/' ? request.Target[end..] : "/";
    }
}
