namespace MultiExit.Engine.Configuration.Editing;

/// <summary>A step of a path: a key of a mapping, or an item of a list by its name or number.</summary>
/// <param name="Key">The key; null when the step cannot be one.</param>
/// <param name="Name">The item's <c>name</c>; null when the step cannot be one.</param>
/// <param name="Index">The item's number from 0; -1 when the step cannot be one.</param>
internal readonly record struct PathStep(string? Key, string? Name, int Index)
{
    public static PathStep OfKey(string key) => new(key, null, -1);

    public static PathStep OfName(string name) => new(null, name, -1);

    public static PathStep OfIndex(int index) => new(null, null, index);

    // ["text"] is whichever the node has.
    public static PathStep OfQuoted(string text) => new(text, text, -1);
}
