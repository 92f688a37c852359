/** The names that people and schools of a generated district have. Some are awkward on purpose: accents, marks, spaces. */

export const givenNames = (
  'Aaliyah Aaron Abigail Adam Adriana Aisha Alan Alejandro Amara Amir Ana Andre Anika Anthony Ari Ava Beatriz Benjamin ' +
  'Bianca Brandon Caleb Camila Carlos Carmen Chloe Daniel Darius David Diego Elena Eli Elijah Emily Emma Esther Ethan ' +
  'Fatima Felix Gabriel Grace Hannah Harper Hassan Henry Imani Isaac Isabella Ivan Jacob Jada James Jasmine Jayden José ' +
  'Joshua Julia Kai Katherine Keisha Kenji Kevin Kimberly Layla Leila Leo Levi Liam Linh Logan Lucas Lucía Luis Maria ' +
  'Mason Mateo Maya Mei Mia Miguel Mohammed Naomi Nathan Nia Noah Nora Olivia Omar Owen Priya Rachel Raj Renée Rosa Ruby ' +
  'Ryan Samuel Sara Sebastian Sofia Sophia Tariq Thomas Tyrone Valentina Victoria William Xavier Yara Yusuf Zoë'
).split(' ');

export const familyNames = [
  ...(
    'Adams Aguilar Ahmed Allen Alvarez Anderson Bailey Baker Barnes Begum Bell Bennett Brooks Brown Bryant Butler Campbell ' +
    'Carter Castillo Chavez Chen Clark Coleman Collins Cook Cooper Cox Cruz Cunningham Davis Delgado Diaz Dixon Edwards ' +
    'Ellis Evans Fernandez Fisher Flores Ford Foster Freeman Garcia Gibson Gomez Gonzalez Gordon Graham Gray Green Griffin ' +
    'Gupta Gutierrez Hall Hamilton Harris Hassan Hayes Henderson Hernandez Herrera Hill Howard Hughes Hunter Ibrahim ' +
    'Jackson James Jenkins Jimenez Johnson Jones Jordan Kaur Kelly Khan Kim King Kowalski Kumar Le Lee Lewis Li Lopez ' +
    'Marshall Martin Martinez Mason McDonald Medina Mendez Miller Mitchell Moore Morales Morgan Morris Murphy Murray Myers ' +
    'Nelson Nguyen Novak Okafor Ortiz Owens Park Parker Patel Perez Perry Peterson Pham Phillips Pierce Powell Price ' +
    'Ramirez Ramos Reed Reyes Reynolds Rice Richardson Rivera Roberts Robinson Rodriguez Rogers Romero Rosario Ross Ruiz ' +
    'Russell Salazar Sanchez Sanders Schmidt Scott Shah Silva Simmons Singh Smith Soto Stevens Stewart Stone Sullivan ' +
    'Taylor Thomas Thompson Torres Tran Tucker Turner Vargas Vasquez Wagner Walker Wallace Wang Ward Washington Watson ' +
    'Webb West White Williams Wilson Wong Wood Wright Wu Yang Young Zhang'
  ).split(' '),
  "D'Angelo",
  'De la Cruz',
  'Muñoz',
  "O'Connell",
  'Peña',
  'Smith-Jones',
  'Van Dyke',
];

export const places = (
  'Amber Ashford Bayview Birch Briarwood Cedar Chestnut Clearwater Copper Cypress Dogwood Eastgate Elmwood Fairview Fern ' +
  'Foxglove Glenwood Granite Harbor Hawthorn Hazel Heron Hillcrest Juniper Kestrel Lakeside Larkspur Laurel Linden Magnolia ' +
  'Maple Meadow Mesa Millbrook Northfield Oakdale Orchard Pinecrest Prairie Quarry Redwood Ridgeway Riverside Rosewood ' +
  'Sandstone Sequoia Silver Spruce Stonebridge Summit Sycamore Timber Valley Walnut Westbrook Willow Windmill Woodland'
).split(' ');

const plainWords = new Map<string, string>();

/** A name in plain small letters, as addresses and user names have it. */
export function plain(name: string): string {
  const known = plainWords.get(name);
  if (known !== undefined) return known;
  const word = name
    .normalize('NFD')
    .replace(/[^A-Za-z]/g, '')
    .toLowerCase();
  plainWords.set(name, word);
  return word;
}
