namespace Sluice.Sorting.Tests;

public class StretchesTests
{
    [Theory]
    [Seeded(1)]
    [Seeded(2)]
    public void Ends_and_overlaps_are_as_in_a_list_of_bytes(int seed)
    {
        Random random = new(seed);
        Stretches stretches = new();
        bool[] isIn = new bool[200];
        for (int step = 0; step < 60; step++)
        {
            int start = random.Next(isIn.Length);
            int length = random.Next(isIn.Length - start + 1) % 9;
            if (isIn.AsSpan(start, length).Contains(true))
            {
                continue;
            }

            stretches.Add(start, length);
            isIn.AsSpan(start, length).Fill(true);

            for (int place = 0; place < isIn.Length; place++)
            {
                int end = Array.IndexOf(isIn, false, place);
                Assert.Equal(end < 0 ? isIn.Length : end, stretches.EndAt(place));
                int until = random.Next(place, isIn.Length + 1);
                Assert.Equal(isIn.AsSpan(place..until).Contains(true), stretches.Overlap(place, until));
                Assert.Equal(isIn.AsSpan(place..until).Count(true), stretches.LengthWithin(place, until));
            }
        }
    }
}
