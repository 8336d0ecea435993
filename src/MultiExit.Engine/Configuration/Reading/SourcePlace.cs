namespace MultiExit.Engine.Configuration.Reading;

/// <summary>Where a value stands. It stays with the value when a dialect is converted, so errors name what the user wrote.</summary>
/// <param name="Line">From 1; 0 for parameters.</param>
/// <param name="Column">From 1; 0 for parameters.</param>
/// <param name="Path">Keys from the root, <c>inbounds[0].listen</c>.</param>
internal readonly record struct SourcePlace(int Line, int Column, string Path)
{
    /// <summary>The path of a key beneath this place.</summary>
    public string PathOf(string key)
    {
        string step = IsPlainKey(key) ? key : $"[\"{ErrorText.Clean(key)}\"]";
        return Path.Length == 0 || step[0] == '[' ? Path + step : $"{Path}.{step}";
    }

    /// <summary>The path of an item beneath this place.</summary>
    public string PathOf(int index) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Path}[{index}]");

    private static bool IsPlainKey(string key)
    {
        if (key.Length is 0 or > 64) return false;
        foreach (char c in key)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')) return false;
        return true;
    }
}
